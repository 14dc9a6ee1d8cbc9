import { describe, expect, test } from 'vitest'
import { Failure } from '../../src/failures.ts'
import type { Ingest } from '../../src/ingest.ts'
import { drainSubscription, type Pull } from '../../src/pull/drain.ts'
import type { PulledMessage } from '../../src/pull/message.ts'
import { readContracts } from '../../src/read-schemas.ts'
import type { Store } from '../../src/store/store.ts'
import { order } from '../cli/poison.ts'
import { ingestInto, openMemory } from '../support/landing.ts'
import { refuseWrites } from '../support/refuse-writes.ts'
import { retryPolicy } from '../support/retry-policy.ts'

const contracts = await readContracts('schemas')
const subscription = 'projects/p/subscriptions/dead'

/** A fake subscription, with a record of what was sent, acknowledged and returned. */
function createPull(log: string[]) {
  let deliver: (message: PulledMessage) => void = () => undefined
  let fail: (error: Error) => void = () => undefined
  const pull: Pull = {
    onMessage(listener) {
      deliver = listener
    },
    onError(listener) {
      fail = listener
    },
    close: async () => void log.push('close')
  }
  const message = (id: string, event: unknown): PulledMessage => ({
    id,
    data: Buffer.from(JSON.stringify(event)),
    attributes: {
      'content-type': 'application/cloudevents+json',
      CloudPubSubDeadLetterSourceDeliveryCount: '5'
    },
    publishTime: new Date('2026-11-01T10:00:00Z'),
    deliveryAttempt: 0,
    ack: () => void log.push(`ack ${id}`),
    nack: () => void log.push(`nack ${id}`)
  })
  return {
    pull,
    send: (id: string, event: unknown) => deliver(message(id, event)),
    fail: (error: Error) => fail(error)
  }
}

interface Overrides {
  readonly max?: number
  readonly idleMs?: number
  readonly signal?: AbortSignal
}

function drain(
  pull: Pull,
  ingest: Ingest<never>,
  { max = 1000, idleMs = 60_000, signal }: Overrides = {}
) {
  const verdicts: string[] = []
  const done = drainSubscription(pull, {
    ...{ subscription, ingest, max, idleMs },
    retries: retryPolicy(0, signal),
    onSettled: ({ verdict }) => void verdicts.push(verdict)
  })
  return { done, verdicts }
}

/** Record when commits happen. */
function logged(store: Store, log: string[]): Store {
  return {
    ...store,
    async commit(guards, decide) {
      const committed = await store.commit(guards, decide)
      log.push('commit')
      return committed
    }
  }
}

describe('draining a subscription', () => {
  test('acknowledges each message after its commit, and only then', async () => {
    const log: string[] = []
    const ingest = ingestInto(logged(await openMemory(contracts), log), contracts)
    const { pull, send } = createPull(log)
    const { done, verdicts } = drain(pull, ingest, { max: 2 })
    send('1', order(1))
    send('2', { ...order(2), data: {} })
    await done
    expect(log).toEqual(['commit', 'ack 1', 'ack 2', 'close'])
    expect(verdicts).toEqual(['applied', 'dead-lettered'])
  })

  test('returns a message that cannot land now, ends, and throws why', async () => {
    const log: string[] = []
    const store = await openMemory(contracts)
    const down = { ...store, commit: () => Promise.reject(new Failure('STORE_UNAVAILABLE', 'no')) }
    const { pull, send } = createPull(log)
    const { done } = drain(pull, ingestInto(down, contracts))
    send('1', order(1))
    await expect(done).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    expect(log).toEqual(['nack 1', 'close'])
  })

  test('acknowledges nothing where the store refuses every commit, poison least of all', async () => {
    const log: string[] = []
    const { pull, send } = createPull(log)
    const ingest = ingestInto(refuseWrites(await openMemory(contracts)), contracts)
    const { done, verdicts } = drain(pull, ingest)
    for (let n = 0; n < 60; n++) send(`${n}`, n % 7 === 0 ? { poison: n } : order(n))
    await expect(done).rejects.toMatchObject({ code: 'STORE_MISCONFIGURED' })
    expect(log.filter((line) => line.startsWith('ack'))).toEqual([])
    expect(log.filter((line) => line.startsWith('nack'))).toHaveLength(60)
    expect(verdicts).toEqual([])
  })

  test('lands no more than its maximum', async () => {
    const log: string[] = []
    const { pull, send } = createPull(log)
    const ingest = ingestInto(await openMemory(contracts), contracts)
    const { done } = drain(pull, ingest, { max: 1 })
    send('1', order(1))
    send('2', order(2))
    await done
    expect(log).toEqual(['ack 1', 'close'])
  })

  test('ends when no message arrives for a while', async () => {
    const log: string[] = []
    const { pull, send } = createPull(log)
    const ingest = ingestInto(await openMemory(contracts), contracts)
    const { done } = drain(pull, ingest, { idleMs: 20 })
    send('1', order(1))
    await done
    expect(log).toEqual(['ack 1', 'close'])
  })

  test('finishes the messages it received when it is interrupted', async () => {
    const log: string[] = []
    const controller = new AbortController()
    const { pull, send } = createPull(log)
    const ingest = ingestInto(await openMemory(contracts), contracts)
    const { done } = drain(pull, ingest, { signal: controller.signal })
    send('1', order(1))
    controller.abort()
    await done
    expect(log).toEqual(['ack 1', 'close'])
  })

  test('ends with the error of the subscription', async () => {
    const log: string[] = []
    const { pull, fail } = createPull(log)
    const ingest = ingestInto(await openMemory(contracts), contracts)
    const { done } = drain(pull, ingest)
    fail(new Error('no such subscription'))
    await expect(done).rejects.toThrow('no such subscription')
    expect(log).toEqual(['close'])
  })
})
