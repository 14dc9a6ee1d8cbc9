import type { FastifyBaseLogger } from 'fastify'
import type { Landed, Result } from '../../ingest.ts'

/**
 * Write one line for a delivery: its events and their verdicts, never the payload. `late` means
 * that the sender had been told to retry before it was settled.
 */
export function logDelivery(
  log: FastifyBaseLogger,
  landed: readonly Landed[],
  durationMs: number,
  late = false
): void {
  const [only] = landed
  const facts = landed.length === 1 && only ? describeLanded(only) : summarize(landed)
  const line = { ...facts, durationMs: Math.round(durationMs * 10) / 10, ...(late && { late }) }
  if (landed.every(({ result }) => hasLanded(result))) log.info(line, 'delivery settled')
  else log.warn(line, 'delivery not fully landed')
}

function hasLanded(result: Result): boolean {
  if (result.kind === 'settled') return result.verdict !== 'dead-lettered'
  return result.kind === 'ignored'
}

function describeLanded({ arrival: { provenance }, result }: Landed) {
  const { envelope, eventId, source, type, metadata } = provenance
  const { deliveryAttempt } = metadata
  return { envelope, eventId, source, type, deliveryAttempt, ...outcomeOf(result) }
}

function outcomeOf(result: Result) {
  if (result.kind === 'ignored') return { verdict: result.kind }
  if (result.kind === 'refused') {
    return { failure: result.failure.code, detail: result.failure.message }
  }
  if (result.kind === 'rejected') {
    return { failure: result.reason.code, detail: result.reason.detail }
  }
  const { verdict, batchSize, reason } = result
  return { verdict, batchSize, reason: reason?.code, detail: reason?.detail }
}

function summarize(landed: readonly Landed[]) {
  const verdicts: Record<string, number> = {}
  for (const { result } of landed) {
    const name = nameOf(result)
    verdicts[name] = (verdicts[name] ?? 0) + 1
  }
  return { envelope: 'cloudevents-batch', events: landed.length, verdicts }
}

function nameOf(result: Result): string {
  if (result.kind === 'settled') return result.verdict
  if (result.kind === 'rejected') return result.reason.code
  return result.kind === 'ignored' ? result.kind : result.failure.code
}
