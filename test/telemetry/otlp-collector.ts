import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { loadPackageDefinition, type ServiceClientConstructor } from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { onTestFinished } from 'vitest'

interface KeyValue {
  readonly key: string
  readonly value?: { readonly stringValue: string }
}

/** A span as it arrived; ids are hex. */
export interface ReceivedSpan {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string
  readonly attributes: Readonly<Record<string, string | undefined>>
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[]
}

export interface OtlpCollector {
  readonly url: string
  readonly spans: ReceivedSpan[]
  readonly metricNames: Set<string>
  readonly resources: Readonly<Record<string, string | undefined>>[]
}

const { otlp } = loadPackageDefinition(loadSync('test/telemetry/otlp.proto', { defaults: true }))
// The only constructor in the package is its one service.
const { service } = (otlp as unknown as { Collector: ServiceClientConstructor }).Collector
const read = (method: string, bytes: Buffer) => service[method]?.requestDeserialize(bytes)

/** Receive what an OpenTelemetry exporter sends, as a collector does, for one test. */
export async function startOtlpCollector(): Promise<OtlpCollector> {
  const [spans, metricNames, resources]: [ReceivedSpan[], Set<string>, OtlpCollector['resources']] =
    [[], new Set(), []]
  const server = createServer(async (request: IncomingMessage, response) => {
    const bytes = await buffer(request)
    if (request.url === '/v1/traces') {
      for (const { resource, scopeSpans } of read('Traces', bytes).resourceSpans) {
        resources.push(named(resource.attributes))
        spans.push(...scopeSpans.flatMap((scope: { spans: unknown[] }) => scope.spans.map(toSpan)))
      }
    } else if (request.url === '/v1/metrics') {
      for (const { resource, scopeMetrics } of read('Metrics', bytes).resourceMetrics) {
        resources.push(named(resource.attributes))
        for (const scope of scopeMetrics)
          for (const { name } of scope.metrics) metricNames.add(name)
      }
    }
    response.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, spans, metricNames, resources }
}

// biome-ignore lint/suspicious/noExplicitAny: the type of the protobuf decoder.
function toSpan(span: any): ReceivedSpan {
  return {
    name: span.name,
    ...ids(span),
    parentSpanId: span.parentSpanId.toString('hex'),
    attributes: named(span.attributes),
    links: span.links.map(ids)
  }
}

const ids = ({ traceId, spanId }: { traceId: Buffer; spanId: Buffer }) => ({
  traceId: traceId.toString('hex'),
  spanId: spanId.toString('hex')
})

const named = (attributes: readonly KeyValue[]) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value?.stringValue]))
