import type { CounterWrite, LedgerWrite, Plan } from '../plan.ts'
import { columnOf, managedColumns } from '../store/table.ts'
import { addValues } from '../values/column-types.ts'
import { COMMIT_TIMESTAMP } from '../values/value.ts'
import type { Folded, Rows } from './rows.ts'

/** Add the amounts to one counter row, unless the event was counted before. */
export function foldCounter(write: CounterWrite, plan: Plan, rows: Rows): Folded {
  const entry = plan.writes.at(-1)
  if (entry?.kind !== 'ledger') throw new Error('an event that counts must end in its ledger entry')
  if (rows.get(entry)) return { outcome: 'duplicate' }
  const { table, amounts } = write
  const current = rows.get(write)
  const sums: Record<string, string> = {}
  for (const [name, amount] of Object.entries(amounts)) {
    const before = String(current?.[name] ?? '0')
    const sum = addValues(columnOf(table, name).type, before, amount)
    if (sum === undefined) {
      const detail = `${table.name}.${name}: the sum does not fit`
      return { refused: { code: 'COUNTER_OVERFLOW', detail } }
    }
    sums[name] = sum
  }
  return {
    outcome: 'applied',
    changes: { ...sums, [managedColumns.committedAt]: COMMIT_TIMESTAMP }
  }
}

/** Enter the event into the ledger, unless it has been counted before. */
export function foldLedger(write: LedgerWrite, _plan: Plan, rows: Rows): Folded {
  if (rows.get(write)) return { outcome: 'duplicate' }
  return { outcome: 'applied', changes: { [managedColumns.committedAt]: COMMIT_TIMESTAMP } }
}
