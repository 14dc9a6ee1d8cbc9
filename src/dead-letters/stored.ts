import type { Delivery } from '../delivery/event.ts'
import { deadLettersTable } from '../store/managed-tables.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../values/value.ts'

export const deadLetterStatuses = ['open', 'replayed', 'discarded'] as const

/** A dead letter without its delivery: enough to select by, and small however large the body is. */
export interface DeadLetterSummary {
  readonly id: string
  readonly status: string
  readonly reason: string
  readonly detail: string
  readonly source: string | null
  readonly eventId: string | null
  readonly type: string | null
  readonly contentType: string | null
  readonly subscription: string | null
  readonly messageId: string | null
  readonly deliveryAttempt: number | null
  /** RFC 3339 in UTC with nine fraction digits, so that text order is time order. */
  readonly firstSeen: string
  readonly lastSeen: string
  readonly timesSeen: number
  readonly replays: number
}

/** A dead letter with its delivery. */
export interface StoredDeadLetter extends DeadLetterSummary {
  readonly delivery: Delivery
}

const arrived = ['headers', 'body', 'body_rest']

/** The columns of a summary. */
export const summaryColumns: readonly string[] = deadLettersTable.columns
  .map(({ name }) => name)
  .filter((name) => !arrived.includes(name))

/** Read one dead letter; undefined when none has this id. @throws {Failure} `STORE_…` */
export async function readDeadLetter(
  store: Pick<Store, 'read'>,
  id: string
): Promise<StoredDeadLetter | undefined> {
  const columns = [...summaryColumns, ...arrived]
  const row = await store.read(deadLettersTable, [id], columns, { kind: 'strong' })
  return row && { ...toSummary(row), delivery: toDelivery(row) }
}

/** Read the summary from a row. */
export function toSummary(row: Row): DeadLetterSummary {
  const text = (name: string) => String(row[name])
  const optional = (name: string) => (isNull(row, name) ? null : text(name))
  return {
    id: text('id'),
    status: text('status'),
    reason: text('reason'),
    detail: text('detail'),
    source: optional('source'),
    eventId: optional('event_id'),
    type: optional('type'),
    contentType: optional('content_type'),
    subscription: optional('subscription'),
    messageId: optional('message_id'),
    deliveryAttempt: isNull(row, 'delivery_attempt') ? null : Number(row['delivery_attempt']),
    firstSeen: text('first_seen'),
    lastSeen: text('last_seen'),
    timesSeen: Number(row['times_seen']),
    replays: Number(row['replays'])
  }
}

/** Headers and body are stored as they arrived, so they decode to the same event again. */
function toDelivery(row: Row): Delivery {
  const parts = ['body', 'body_rest'].map((name) => String(row[name] ?? ''))
  return {
    // Written by the service as values by header name: see fold-dead-letter.ts.
    headers: JSON.parse(String(row['headers'])) as Delivery['headers'],
    body: Buffer.concat(parts.map((part) => Buffer.from(part, 'base64')))
  }
}

const isNull = (row: Row, name: string) => (row[name] ?? null) === null
