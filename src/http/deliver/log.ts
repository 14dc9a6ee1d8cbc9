import type { FastifyBaseLogger } from 'fastify'
import { Failure } from '../../failures.ts'
import type { Landed } from '../../ingest.ts'

/**
 * Write one line for a delivery: what it was and what became of it, never its payload. `late` says
 * that the sender had been told to come back before it was settled.
 */
export function logDelivery(
  log: FastifyBaseLogger,
  landed: readonly Landed[],
  durationMs: number,
  late = false
): void {
  const [only] = landed
  const facts = landed.length === 1 && only ? describe(only) : summarise(landed)
  const refused = landed.some(({ result }) => !isFine(result))
  const line = { ...facts, durationMs: Math.round(durationMs * 10) / 10, ...(late && { late }) }
  if (refused) log.warn(line, 'delivery with trouble')
  else log.info(line, 'delivery settled')
}

function isFine(result: Landed['result']): boolean {
  return !(result instanceof Failure) && result.verdict !== 'dead-lettered'
}

function describe({ arrival, result }: Landed) {
  const { envelope, letter } = arrival
  return {
    envelope,
    eventId: letter.eventId,
    source: letter.source,
    type: letter.type,
    deliveryAttempt: letter.deliveryAttempt,
    ...outcome(result)
  }
}

function outcome(result: Landed['result']) {
  if (result instanceof Failure) return { failure: result.code, detail: result.message }
  if (result.verdict === 'ignored' || !('batchSize' in result)) return { verdict: result.verdict }
  const { verdict, batchSize, reason } = result
  return { verdict, batchSize, reason: reason?.code, detail: reason?.detail }
}

function summarise(landed: readonly Landed[]) {
  const verdicts: Record<string, number> = {}
  for (const { result } of landed) {
    const name = result instanceof Failure ? result.code : result.verdict
    verdicts[name] = (verdicts[name] ?? 0) + 1
  }
  return { envelope: 'cloudevents-batch', events: landed.length, verdicts }
}
