import type { ScalarType } from '../values/column-types.ts'
import type { Column, Table } from './table.ts'

function column(name: string, scalar: ScalarType, length?: number | 'MAX'): Column {
  return { name, type: { scalar, array: false, ...(length && { length }) }, notNull: false }
}

const required = (made: Column): Column => ({ ...made, notNull: true })

const committed = (name: string): Column => ({
  ...required(column(name, 'TIMESTAMP')),
  commitTimestamp: true
})

/**
 * The events that counters have counted. Its rows outlive every redelivery: Pub/Sub keeps a
 * message for at most 31 days (https://cloud.google.com/pubsub/quotas).
 */
export const ledgerTable: Table = {
  name: 'event_ledger',
  kind: 'ledger',
  columns: [required(column('event_key', 'STRING', 32)), committed('committed_at')],
  primaryKey: ['event_key'],
  indexes: [],
  guardColumns: [],
  ttl: { column: 'committed_at', days: 35 }
}

/**
 * The events that could not land. A cell holds 10 MiB (https://cloud.google.com/spanner/quotas) and
 * a body up to 16 MiB, so a long body goes on in `body_rest`.
 */
export const deadLettersTable: Table = {
  name: 'dead_letters',
  kind: 'dead-letters',
  columns: [
    required(column('id', 'STRING', 32)),
    required(column('reason', 'STRING', 64)),
    required(column('detail', 'STRING', 'MAX')),
    column('source', 'STRING', 'MAX'),
    column('event_id', 'STRING', 'MAX'),
    column('type', 'STRING', 'MAX'),
    column('content_type', 'STRING', 'MAX'),
    required(column('headers', 'JSON')),
    required(column('body', 'BYTES', 'MAX')),
    column('body_rest', 'BYTES', 'MAX'),
    column('subscription', 'STRING', 'MAX'),
    column('message_id', 'STRING', 'MAX'),
    column('delivery_attempt', 'INT64'),
    committed('first_seen'),
    committed('last_seen'),
    required(column('times_seen', 'INT64')),
    required(column('replays', 'INT64')),
    required(column('status', 'STRING', 16))
  ],
  primaryKey: ['id'],
  indexes: [],
  guardColumns: ['first_seen', 'times_seen', 'replays', 'status']
}
