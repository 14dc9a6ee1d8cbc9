import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { PushAuth } from './access/push-auth.ts'
import type { ReadAuth } from './access/read-auth.ts'
import { type CommitReport, type Committer, createCommitter } from './commit/committer.ts'
import type { Contracts } from './contracts/contracts.ts'
import { createAdmission } from './http/deliver/admission.ts'
import { buildServer } from './http/server.ts'
import { createIngest } from './ingest.ts'
import { createReadiness, type Readiness } from './readiness.ts'
import type { Config } from './settings.ts'
import type { Store } from './store/store.ts'
import { addGauges } from './telemetry/gauges.ts'
import type { Metrics } from './telemetry/metrics.ts'
import { commitTracing } from './telemetry/spans.ts'

export interface Parts {
  readonly config: Config
  readonly contracts: Contracts
  readonly store: Store
  readonly pushAuth: PushAuth
  readonly readAuth: ReadAuth
  readonly metrics: Metrics
  readonly log: FastifyBaseLogger
}

/** Put the parts together. Opens nothing; closing the app closes `readAuth` and the store. */
export function buildApp(given: Parts): FastifyInstance {
  const { store, newestCommitMs } = rememberCommits(given.store)
  const parts = { ...given, store }
  const { config, contracts, pushAuth, readAuth, metrics, log } = parts
  const readiness = createReadiness(store, contracts.tables, monotonic, ({ failure }) => {
    if (failure) log.error({ err: failure }, 'not ready')
    else log.info('ready again')
  })
  const committer = committerOf(parts, readiness)
  const admission = createAdmission(config.REQUESTS_MAX, config.QUEUE_MAX_BYTES)
  addGauges(metrics, {
    requests: () => admission.requests,
    queue: committer.queue,
    quarantined: committer.quarantined,
    breaker: committer.breaker,
    readiness: readiness.last,
    secret: readAuth.status
  })
  const app = buildServer({
    contracts,
    ingest: createIngest(contracts, committer),
    readiness,
    store,
    pushAuth,
    authorizeRead: readAuth.authorize,
    access: { push: config.PUSH_AUTH, read: config.READ_AUTH },
    now: () => Math.max(Date.now(), newestCommitMs()),
    log,
    project: config.GOOGLE_CLOUD_PROJECT,
    metrics,
    admission,
    deliveryTimeoutMs: config.DELIVERY_TIMEOUT_MS,
    requestTimeoutMs: config.REQUEST_TIMEOUT_MS
  })
  app.addHook('onClose', async () => {
    await readAuth.close()
    await store.close()
  })
  return app
}

const monotonic = () => performance.now()

/** A commit timestamp that was given out is not in the future, even where this clock is behind. */
function rememberCommits(store: Store): { store: Store; newestCommitMs: () => number } {
  let newest = ''
  return {
    newestCommitMs: () => (newest === '' ? 0 : Date.parse(newest)),
    store: {
      read: (...args) => store.read(...args),
      list: (...args) => store.list(...args),
      verify: (tables) => store.verify(tables),
      close: () => store.close(),
      async commit(guards, decide) {
        const committed = await store.commit(guards, decide)
        // Timestamps have one form, whose order is that of text.
        if (committed.commitTimestamp > newest) newest = committed.commitTimestamp
        return committed
      }
    }
  }
}

function committerOf({ config, store, metrics, log }: Parts, readiness: Readiness): Committer {
  return createCommitter({
    store,
    lanes: config.COMMIT_LANES,
    maxEvents: config.COMMIT_MAX_EVENTS,
    queueMaxEvents: config.QUEUE_MAX_EVENTS,
    queueMaxBytes: config.QUEUE_MAX_BYTES,
    poison: config.POISON,
    breakerFailures: config.BREAKER_FAILURES,
    commitTimeoutMs: config.COMMIT_TIMEOUT_MS,
    breakerCooldownMs: config.BREAKER_COOLDOWN_MS,
    now: monotonic,
    tracing: commitTracing,
    onCommit: (report) => measureCommit(metrics, report),
    onTrial: (result) => metrics.trials.inc({ result }),
    onStore(failure) {
      readiness.committed(failure)
      if (failure) log.error({ err: failure }, 'commit failed')
    }
  })
}

function measureCommit(metrics: Metrics, { failure, durationMs, waitsMs }: CommitReport): void {
  metrics.commitEvents.observe(waitsMs.length)
  metrics.commitDuration.observe({ outcome: failure?.code ?? 'ok' }, durationMs / 1000)
  for (const waitMs of waitsMs) metrics.queueWait.observe(waitMs / 1000)
}
