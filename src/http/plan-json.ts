import type { Write } from '../store/plan.ts'
import type { Row, Value } from '../store/value.ts'

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
