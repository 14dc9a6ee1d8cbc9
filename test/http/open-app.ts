import type { FastifyInstance } from 'fastify'
import { onTestFinished } from 'vitest'
import { createReadAuth, type ReadAuth } from '../../src/access/read-auth.ts'
import { buildApp } from '../../src/app.ts'
import { readContracts } from '../../src/read-schemas.ts'
import { parseConfig } from '../../src/settings.ts'
import { openEmbeddedStore } from '../../src/store/embedded/open-embedded-store.ts'
import type { Store } from '../../src/store/store.ts'
import { createLog } from '../../src/telemetry/log.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'

export interface OpenApp {
  readonly app: FastifyInstance
  readonly store: Store
}

/**
 * The whole service on an embedded store in memory, with the shipped schemas. `wrap` may put
 * something between the service and its store.
 */
export async function openApp(
  env: Readonly<Record<string, string>> = {},
  wrap: (store: Store) => Store = (store) => store
): Promise<OpenApp> {
  const contracts = await readContracts('schemas')
  const store = await openEmbeddedStore({ file: ':memory:', tables: contracts.tables })
  const app = buildApp({
    config: parseConfig(env),
    contracts,
    store: wrap(store),
    readAuth: await anyReader(),
    metrics: createMetrics(),
    log: createLog('silent')
  })
  onTestFinished(() => app.close())
  return { app, store }
}

/** Let everybody read. */
export function anyReader(): Promise<ReadAuth> {
  const secret = { secret: undefined, secretManagerHost: undefined, ttlMs: 1000, readsPerMinute: 1 }
  return createReadAuth({
    mode: 'none',
    ...secret,
    onChange: () => undefined,
    onWarning: () => undefined
  })
}

/** A structured CloudEvent of the shipped contract for items. */
export function changed(id: string, time: string, data: Readonly<Record<string, unknown>>) {
  const type = 'com.example.item.changed.v1'
  return { specversion: '1.0', id, source: '//shop', type, time, data }
}

export function deleted(id: string, time: string, item: string) {
  return { ...changed(id, time, { id: item }), type: 'com.example.item.deleted.v1' }
}

/** Send one event as structured CloudEvent. */
export async function send(app: FastifyInstance, event: unknown) {
  return app.inject({
    method: 'POST',
    url: '/events',
    headers: { 'content-type': 'application/cloudevents+json' },
    payload: JSON.stringify(event)
  })
}
