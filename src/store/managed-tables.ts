import { limits } from '../values/limits.ts'
import { column, type Table } from './table.ts'

const required = { notNull: true } as const
const committed = { notNull: true, commitTimestamp: true } as const
const anyLength = { length: 'MAX' } as const

/** The events that counters have counted. Its rows outlive every redelivery. */
export const ledgerTable: Table = {
  name: 'event_ledger',
  kind: 'ledger',
  columns: [
    column('event_key', 'STRING', { length: 32, notNull: true }),
    column('committed_at', 'TIMESTAMP', committed)
  ],
  primaryKey: ['event_key'],
  indexes: [],
  guardColumns: [],
  ttl: { column: 'committed_at', days: limits.retentionDays.ours }
}

/**
 * The events that could not land. A body may be larger than a cell, so `body_rest` holds the rest.
 */
export const deadLettersTable: Table = {
  name: 'dead_letters',
  kind: 'dead-letters',
  columns: [
    column('id', 'STRING', { length: 32, notNull: true }),
    column('reason', 'STRING', { length: 64, notNull: true }),
    column('detail', 'STRING', { length: 'MAX', notNull: true }),
    column('source', 'STRING', anyLength),
    column('event_id', 'STRING', anyLength),
    column('type', 'STRING', anyLength),
    column('content_type', 'STRING', anyLength),
    column('headers', 'JSON', required),
    column('body', 'BYTES', { length: 'MAX', notNull: true }),
    column('body_rest', 'BYTES', anyLength),
    column('subscription', 'STRING', anyLength),
    column('message_id', 'STRING', anyLength),
    column('delivery_attempt', 'INT64'),
    column('first_seen', 'TIMESTAMP', committed),
    column('last_seen', 'TIMESTAMP', committed),
    column('times_seen', 'INT64', required),
    column('replays', 'INT64', required),
    column('status', 'STRING', { length: 16, notNull: true })
  ],
  primaryKey: ['id'],
  indexes: [],
  guardColumns: ['first_seen', 'times_seen', 'replays', 'status']
}
