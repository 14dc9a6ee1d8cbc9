import { Failure } from '../../src/failures.ts'
import type { CurrentRows, Decision, Mutation, Store } from '../../src/store/store.ts'
import type { Value } from '../../src/values/value.ts'

type StoredRow = Record<string, Value>

/** A store of plain objects: enough to see what deciding and landing write, and to break on cue. */
export interface MemoryStore extends Store {
  verify: Store['verify']
  readonly rows: Map<string, StoredRow>
  /** The table names of every commit that succeeded, in order. */
  readonly commits: string[][]
  attempts: number
  /** Runs before a commit applies; throwing refuses it. */
  onCommit: (mutations: readonly Mutation[]) => void | Promise<void>
}

export function createMemoryStore(): MemoryStore {
  const rows = new Map<string, StoredRow>()
  const id = ({ name }: { name: string }, key: readonly Value[]) => name + JSON.stringify(key)
  const current: CurrentRows = { get: (table, key) => rows.get(id(table, key)) }
  const unused = () => Promise.reject(new Error('not part of this test'))

  const store: MemoryStore = {
    rows,
    commits: [],
    attempts: 0,
    onCommit: () => undefined,
    async commit<T>(_guards: unknown, decide: (current: CurrentRows) => Decision<T>) {
      store.attempts += 1
      const { mutations, result } = decide(current)
      await store.onCommit(mutations)
      const commitTimestamp = timestamp(store.commits.length + 1)
      for (const { table, row } of mutations) {
        const key = table.primaryKey.map((name) => row[name] as Value)
        const written = Object.entries(row).map(([name, value]) => [
          name,
          typeof value === 'symbol' ? commitTimestamp : value
        ])
        rows.set(id(table, key), { ...rows.get(id(table, key)), ...Object.fromEntries(written) })
      }
      store.commits.push(mutations.map(({ table }) => table.name))
      return { result, commitTimestamp }
    },
    read: unused,
    list: unused,
    verify: async () => [],
    close: async () => undefined
  }
  return store
}

/** The rows of one table without the times of their commits, which differ between orders. */
export function rowsOf(store: MemoryStore, table: string): Record<string, StoredRow> {
  const found = [...store.rows].filter(([id]) => id.startsWith(`${table}[`))
  return Object.fromEntries(
    found.map(([id, { committed_at: _at, last_seen: _seen, deleted_at: deleted, ...rest }]) => [
      id,
      { ...rest, deleted: (deleted ?? null) !== null }
    ])
  )
}

/** Refuse every commit whose mutations hold this text, as Spanner would refuse a bad value. */
export function refuse(text: string, code: 'STORE_REFUSED' | 'STORE_INTERNAL' = 'STORE_REFUSED') {
  return (mutations: readonly Mutation[]) => {
    const poisoned = mutations.some(
      ({ table, row }) => table.name !== 'dead_letters' && Object.values(row).includes(text)
    )
    if (poisoned) throw new Failure(code, 'the value is refused')
  }
}

function timestamp(n: number): string {
  return `2026-11-01T10:00:00.${String(n).padStart(9, '0')}Z`
}
