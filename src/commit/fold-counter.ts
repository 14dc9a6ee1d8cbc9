import type { CounterWrite, Plan, Reason, WriteOutcome } from '../plan.ts'
import { ledgerTable } from '../store/managed-tables.ts'
import { columnOf, managed } from '../store/table.ts'
import { addValues } from '../values/column-types.ts'
import { COMMIT_TIMESTAMP } from '../values/value.ts'
import type { Rows } from './rows.ts'

/** Enter the event into the ledger, unless it has been counted before. */
export function enterLedger(plan: Plan, rows: Rows): WriteOutcome {
  if (rows.get(ledgerTable, [plan.eventKey])) return 'duplicate'
  rows.put(ledgerTable, [plan.eventKey], { [managed.committedAt]: COMMIT_TIMESTAMP })
  return 'applied'
}

/** Add the amounts to one counter row. Returns the reason when a sum does not fit its column. */
export function foldCounter(write: CounterWrite, rows: Rows): Reason | undefined {
  const { table, key, amounts } = write
  const current = rows.get(table, key)
  const sums: Record<string, string> = {}
  for (const name of table.guardColumns) {
    const sum = addValues(
      columnOf(table, name).type,
      String(current?.[name] ?? '0'),
      amounts[name] ?? '0'
    )
    if (sum === undefined) {
      return { code: 'COUNTER_OVERFLOW', detail: `${table.name}.${name}: the sum does not fit` }
    }
    sums[name] = sum
  }
  rows.put(table, key, { ...sums, [managed.committedAt]: COMMIT_TIMESTAMP })
  return undefined
}
