import type { FastifyReply } from 'fastify'
import { Failure } from '../../failures.ts'
import type { DryRunEvent, Landed } from '../../ingest.ts'
import type { Write, WriteOf } from '../../plan.ts'
import { sendProblem } from '../errors.ts'

/**
 * Answer a delivery: 200 only when every event of it is settled. If one is not, the sender sends all
 * of them again, which is safe, because an event has its effect once.
 */
export function answer(
  reply: FastifyReply,
  landed: readonly Landed[],
  batch: boolean
): FastifyReply {
  const failure = worstFailure(landed)
  if (failure) return sendProblem(reply, failure)
  const verdicts = landed.map(toVerdict)
  return reply.code(200).send(batch ? verdicts : verdicts[0])
}

/**
 * Answer a dry run: always 200, with the verdict that each event would get and what it would write.
 */
export function answerDryRun(
  reply: FastifyReply,
  events: readonly DryRunEvent[],
  batch: boolean
): FastifyReply {
  const shown = events.map(({ arrival, plan, verdict, reason }) => ({
    dryRun: true,
    verdict,
    ...(reason && {
      reason: reason.code,
      detail: reason.detail,
      deadLetter: arrival.provenance.key
    }),
    eventKey: plan.provenance.key,
    writes: plan.writes.flatMap((write) => showWrite(write) ?? [])
  }))
  return reply.code(200).send(batch ? shown : shown[0])
}

/** A failure to retry wins over a refusal, because a retry loses nothing. */
function worstFailure(landed: readonly Landed[]): Failure | undefined {
  for (const { result } of landed) if (result.kind === 'refused') return result.failure
  for (const { result } of landed) {
    if (result.kind === 'rejected') return new Failure(result.reason.code, result.reason.detail)
  }
  return undefined
}

function toVerdict({ arrival, result }: Landed) {
  if (result.kind === 'refused' || result.kind === 'rejected') throw new Error('it has no verdict')
  if (result.kind === 'ignored') return { verdict: result.kind }
  const { verdict, commitTimestamp, reason } = result
  if (!reason) return { verdict, commitTimestamp }
  return {
    verdict,
    commitTimestamp,
    reason: reason.code,
    detail: reason.detail,
    deadLetter: arrival.provenance.key
  }
}

/** The writes of a plan as plain JSON, with the values that the store gets. */
const shown: { readonly [K in Write['kind']]: (write: WriteOf<K>) => object | undefined } = {
  state: (write) => ({
    ...rowOf(write, write.operation),
    version: write.version,
    values: write.values
  }),
  log: (write) => ({ ...rowOf(write, 'append'), values: write.values }),
  counter: (write) => ({ ...rowOf(write, 'add'), amounts: write.amounts }),
  // Landfall's own tables are not shown: no contract writes to them.
  ledger: () => undefined,
  'dead-letters': () => undefined
}

const showWrite = <K extends Write['kind']>(write: WriteOf<K>) => shown[write.kind](write)

/** The collection, the operation as its contract calls it, and the key by column. */
function rowOf({ table, key }: Pick<Write, 'table' | 'key'>, operation: string) {
  const named = table.primaryKey.map((name, i) => [name, key[i] ?? null])
  return { collection: table.name, operation, key: Object.fromEntries(named) }
}
