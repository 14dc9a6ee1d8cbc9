import { setTimeout as sleep } from 'node:timers/promises'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  ParentBasedSampler
} from '@opentelemetry/sdk-trace-node'
import type { Registry } from 'prom-client'
import { linkedSampler } from './linked-sampler.ts'
import { registryProducer } from './registry-producer.ts'

export interface OtlpOptions {
  readonly serviceName: string
  readonly revision: string | undefined
  /** Share of deliveries to trace when the request carries no sampling decision, 0 to 1. */
  readonly traceRatio: number
  readonly traces: boolean
  readonly metrics: boolean
}

/** The running exporters. */
export interface Exporting {
  /** Send what they still hold, but give up after a second. */
  close(): Promise<void>
}

/**
 * Send traces and metrics to an OpenTelemetry collector, whose address the exporters read from the
 * environment (https://opentelemetry.io/docs/specs/otel/protocol/exporter/). Start it before the
 * store is opened, so that Spanner's own spans are below ours. This file is loaded only when a
 * collector is configured, because the libraries are slow to load.
 */
export function startOtlp(registry: Registry, options: OtlpOptions): Exporting {
  const { serviceName, revision, traceRatio } = options
  const resource = resourceFromAttributes({
    'service.name': serviceName,
    ...(revision !== undefined && { 'service.version': revision })
  })
  const providers = [
    ...(options.traces ? [traceTo(resource, traceRatio)] : []),
    ...(options.metrics ? [measureTo(resource, registry)] : [])
  ]
  return {
    async close() {
      // The exporters retry an unreachable collector for longer than the process may take to stop.
      const closed = Promise.allSettled(providers.map((provider) => provider.shutdown()))
      await Promise.race([closed, sleep(1000, undefined, { ref: false })])
    }
  }
}

function traceTo(resource: Resource, ratio: number): NodeTracerProvider {
  const provider = new NodeTracerProvider({
    resource,
    sampler: new ParentBasedSampler({ root: linkedSampler(ratio) }),
    // A commit has a link for each delivery that waits for it.
    spanLimits: { linkCountLimit: 1000 },
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())]
  })
  provider.register()
  return provider
}

function measureTo(resource: Resource, registry: Registry): MeterProvider {
  const reader = new PeriodicExportingMetricReader({
    exporter: new OTLPMetricExporter(),
    metricProducers: [registryProducer(registry)]
  })
  return new MeterProvider({ resource, readers: [reader] })
}
