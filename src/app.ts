import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { createPushAuth } from './access/push-auth.ts'
import type { ReadAuth } from './access/read-auth.ts'
import { createCommitter } from './commit/committer.ts'
import type { Config } from './config.ts'
import type { Contracts } from './contracts/contracts.ts'
import { buildServer } from './http/server.ts'
import { createIngest } from './ingest.ts'
import { createReadiness } from './readiness.ts'
import type { Store } from './store/store.ts'

export interface Parts {
  readonly config: Config
  readonly contracts: Contracts
  readonly store: Store
  readonly readAuth: ReadAuth
  readonly log: FastifyBaseLogger
}

/** Put the parts together. Opens nothing; closing the app closes the store. */
export function buildApp({ config, contracts, store, readAuth, log }: Parts): FastifyInstance {
  const monotonic = () => performance.now()
  const readiness = createReadiness(store, contracts.tables, monotonic)
  const committer = createCommitter({
    store,
    lanes: config.COMMIT_LANES,
    maxEvents: config.COMMIT_MAX_EVENTS,
    queueMaxEvents: config.QUEUE_MAX_EVENTS,
    queueMaxBytes: config.QUEUE_MAX_BYTES,
    poison: config.POISON,
    breakerFailures: config.BREAKER_FAILURES,
    breakerCooldownMs: config.BREAKER_COOLDOWN_MS,
    now: monotonic,
    onCommit(failure) {
      readiness.committed(failure)
      if (failure) log.error({ err: failure }, 'commit failed')
    }
  })
  const app = buildServer({
    contracts,
    ingest: createIngest(contracts, committer, config.POISON),
    readiness,
    store,
    pushAuth: createPushAuth({
      mode: config.PUSH_AUTH,
      audience: config.PUSH_AUDIENCE,
      serviceAccounts: config.PUSH_SERVICE_ACCOUNTS,
      certsUrl: config.PUSH_CERTS_URL,
      now: Date.now,
      onFailure: (failure) =>
        log.warn({ err: failure }, 'the keys of push tokens are not refreshed')
    }),
    authoriseRead: readAuth.authorise,
    now: Date.now,
    log,
    deliveryTimeoutMs: config.DELIVERY_TIMEOUT_MS,
    requestTimeoutMs: config.REQUEST_TIMEOUT_MS,
    requestsMax: config.REQUESTS_MAX,
    bytesMax: config.QUEUE_MAX_BYTES
  })
  app.addHook('onClose', async () => {
    await readAuth.close()
    await store.close()
  })
  return app
}
