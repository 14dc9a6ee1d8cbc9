import type { DeadLetterWrite, Plan } from '../plan.ts'
import { limits } from '../values/limits.ts'
import { COMMIT_TIMESTAMP, type Value, type WrittenRow } from '../values/value.ts'
import type { Folded, Rows } from './rows.ts'

const cellBytes = limits.cellBytes.ours

/** An identity longer than this is itself the fault; its head is enough to find the sender. */
const textLength = 2048

/** Write or count the dead letter of one event; a redelivery never adds another row. */
export function foldDeadLetter(write: DeadLetterWrite, _plan: Plan, rows: Rows): Folded {
  const { provenance, reason } = write
  const { body } = provenance.delivery
  const before = rows.get(write)
  const changes: WrittenRow = {
    ...describeEvent(provenance),
    reason: reason.code,
    detail: text(reason.detail),
    body: body.subarray(0, cellBytes).toString('base64'),
    body_rest: body.subarray(cellBytes).toString('base64') || null,
    first_seen: before?.['first_seen'] ?? COMMIT_TIMESTAMP,
    last_seen: COMMIT_TIMESTAMP,
    times_seen: String(BigInt(String(before?.['times_seen'] ?? 0)) + 1n),
    replays: before?.['replays'] ?? '0',
    // Who discarded it has decided; a replayed one that fails again is open again.
    status: before?.['status'] === 'discarded' ? 'discarded' : 'open'
  }
  return { outcome: 'dead-lettered', changes }
}

function describeEvent(provenance: DeadLetterWrite['provenance']): Record<string, Value> {
  const { source, eventId, type, delivery, metadata } = provenance
  const { subscription, messageId, deliveryAttempt } = metadata
  return {
    source: text(source),
    event_id: text(eventId),
    type: text(type),
    content_type: text(delivery.headers['content-type']?.[0]?.trim() || undefined),
    headers: JSON.stringify(delivery.headers, (_name, value) =>
      typeof value === 'string' ? value.toWellFormed() : value
    ),
    subscription: text(subscription),
    message_id: text(messageId),
    delivery_attempt: deliveryAttempt === undefined ? null : String(deliveryAttempt)
  }
}

/** What is wrong with an event must not make its dead letter unstorable. */
function text(value: string | undefined): string | null {
  return value === undefined ? null : value.slice(0, textLength).toWellFormed()
}
