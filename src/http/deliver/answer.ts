import type { FastifyReply } from 'fastify'
import { Failure, failures } from '../../failures.ts'
import type { DryRunEvent, Landed } from '../../ingest.ts'
import type { Write } from '../../plan.ts'
import type { Row, Value } from '../../values/value.ts'
import { sendProblem } from '../errors.ts'

/**
 * Answer a delivery: 200 only when every event of it is settled. One that is not takes all of them
 * back, which is safe, because an event has its effect once.
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

/** Answer a dry run: always 200, with what would become of each event and what it would write. */
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
      deadLetter: arrival.letter.id
    }),
    eventKey: plan.eventKey,
    writes: plan.writes.map(showWrite)
  }))
  return reply.code(200).send(batch ? shown : shown[0])
}

/** A failure that asks for a retry goes before one that refuses: a retry loses nothing. */
function worstFailure(landed: readonly Landed[]): Failure | undefined {
  const found = landed.map(({ result }) => result).filter((result) => result instanceof Failure)
  return found.find(({ code }) => failures[code].action === 'retry') ?? found[0]
}

function toVerdict({ arrival, result }: Landed) {
  if (result instanceof Failure) throw result
  if (result.verdict === 'ignored') return { verdict: result.verdict }
  const { verdict, commitTimestamp, reason } = result
  if (!reason) return { verdict, commitTimestamp }
  return {
    verdict,
    commitTimestamp,
    reason: reason.code,
    detail: reason.detail,
    deadLetter: arrival.letter.id
  }
}

/** One write of a plan as plain JSON; values are as the store takes them. */
export type ShownWrite =
  | {
      readonly collection: string
      readonly operation: 'upsert' | 'merge' | 'delete'
      readonly key: Row
      readonly version: Value
      readonly values: Row
    }
  | {
      readonly collection: string
      readonly operation: 'append'
      readonly key: Row
      readonly values: Row
    }
  | {
      readonly collection: string
      readonly operation: 'add'
      readonly key: Row
      readonly amounts: Row
    }

/** Show a write to people: the operation as its contract calls it, the key by column. Pure. */
export function showWrite(write: Write): ShownWrite {
  const { table } = write
  const collection = table.name
  const key = Object.fromEntries(table.primaryKey.map((name, i) => [name, write.key[i] ?? null]))
  if (write.kind === 'log') return { collection, operation: 'append', key, values: write.values }
  if (write.kind === 'counter') return { collection, operation: 'add', key, amounts: write.amounts }
  const { operation, version, values } = write
  return { collection, operation, key, version, values }
}
