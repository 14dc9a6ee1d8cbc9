import type { DeadLetterWrite, Letter, Plan } from '../plan.ts'
import { limits } from '../values/limits.ts'
import { COMMIT_TIMESTAMP, type Value } from '../values/value.ts'
import type { Folded, Rows, WrittenRow } from './rows.ts'

const cellBytes = limits.cellBytes.ours

/** An identity longer than this is itself the fault; its head is enough to find the sender. */
const textLength = 2048

/** Write or count the dead letter of one event; a redelivery never adds another row. */
export function foldDeadLetter(write: DeadLetterWrite, _plan: Plan, rows: Rows): Folded {
  const { letter, reason } = write
  const before = rows.get(write)
  const changes: WrittenRow = {
    ...describeLetter(letter),
    reason: reason.code,
    detail: text(reason.detail),
    body: letter.body.subarray(0, cellBytes).toString('base64'),
    body_rest: letter.body.subarray(cellBytes).toString('base64') || null,
    first_seen: before?.['first_seen'] ?? COMMIT_TIMESTAMP,
    last_seen: COMMIT_TIMESTAMP,
    times_seen: String(BigInt(String(before?.['times_seen'] ?? 0)) + 1n),
    replays: before?.['replays'] ?? '0',
    // Who discarded it has decided; a replayed one that fails again is open again.
    status: before?.['status'] === 'discarded' ? 'discarded' : 'open'
  }
  return { outcome: 'dead-lettered', changes }
}

function describeLetter(letter: Letter): Record<string, Value> {
  return {
    source: text(letter.source),
    event_id: text(letter.eventId),
    type: text(letter.type),
    content_type: text(letter.contentType),
    headers: JSON.stringify(letter.headers, (_name, value) =>
      typeof value === 'string' ? value.toWellFormed() : value
    ),
    subscription: text(letter.subscription),
    message_id: text(letter.messageId),
    delivery_attempt: letter.deliveryAttempt === undefined ? null : String(letter.deliveryAttempt)
  }
}

/** What is wrong with an event must not make its dead letter unstorable. */
function text(value: string | undefined): string | null {
  return value === undefined ? null : value.slice(0, textLength).toWellFormed()
}
