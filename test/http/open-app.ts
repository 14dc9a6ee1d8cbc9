import type { FastifyInstance } from 'fastify'
import { onTestFinished } from 'vitest'
import { createPushAuth } from '../../src/access/push-auth.ts'
import { openReadAuth } from '../../src/access/read-auth.ts'
import { buildApp, type Parts } from '../../src/app.ts'
import { readContracts } from '../../src/read-schemas.ts'
import { type Config, parseConfig } from '../../src/settings.ts'
import { openEmbeddedStore } from '../../src/store/embedded/open-embedded-store.ts'
import type { Store } from '../../src/store/store.ts'
import { createLog } from '../../src/telemetry/log.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'

export interface OpenApp {
  readonly app: FastifyInstance
  readonly store: Store
}

/**
 * The whole service on an embedded store in memory, with the shipped schemas. `wrap` may wrap the
 * store.
 */
export async function openApp(
  env: Readonly<Record<string, string>> = {},
  wrap: (store: Store) => Store = (store) => store
): Promise<OpenApp> {
  const contracts = await readContracts('schemas')
  const store = await openEmbeddedStore({ file: ':memory:', tables: contracts.tables })
  const config = parseConfig(env)
  const app = buildApp({
    config,
    contracts,
    store: wrap(store),
    ...(await openAccess(config)),
    metrics: createMetrics(),
    log: createLog('silent')
  })
  onTestFinished(() => app.close())
  return { app, store }
}

/** Authenticate pushes as configured, and let every caller read. */
export async function openAccess(config: Config): Promise<Pick<Parts, 'pushAuth' | 'readAuth'>> {
  const secret = { secret: undefined, secretManagerHost: undefined, ttlMs: 1000, readsPerMinute: 1 }
  const readAuth = await openReadAuth({
    mode: 'none',
    ...secret,
    onChange: () => undefined,
    onWarning: () => undefined
  })
  const pushAuth = await createPushAuth({
    mode: config.PUSH_AUTH,
    audience: config.PUSH_AUDIENCE,
    serviceAccounts: config.PUSH_SERVICE_ACCOUNTS,
    certsUrl: config.PUSH_CERTS_URL,
    now: Date.now,
    onFailure: () => undefined
  })
  return { pushAuth, readAuth }
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
