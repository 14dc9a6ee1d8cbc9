import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkContracts } from '../../../src/contracts/compile.ts'
import { isReadable, type ReadableCollection } from '../../../src/contracts/contracts.ts'
import type { CollectionFile } from '../../../src/contracts/schema-file.ts'
import { isFailure } from '../../../src/failures.ts'
import { readPaths } from '../../../src/http/openapi/read-paths.ts'
import { formatCursor } from '../../../src/http/read/cursor.ts'
import { parsePage } from '../../../src/http/read/query.ts'
import { openEmbeddedStore } from '../../../src/store/embedded/open-embedded-store.ts'
import { createMissing } from '../../../src/store/embedded/schema.ts'
import { sqliteDialect } from '../../../src/store/embedded/statements.ts'
import { selectSql } from '../../../src/store/select.ts'
import { spannerDialect } from '../../../src/store/spanner/read.ts'
import type { Store } from '../../../src/store/store.ts'
import type { Row } from '../../../src/values/value.ts'
import { createSpannerDatabase } from '../../store/spanner-database.ts'
import { stateRow } from '../collections.ts'

const columns = ['a', 'b', 'c', 'd'] as const
const some = (minLength: number, maxLength: number) =>
  fc.shuffledSubarray([...columns], { minLength, maxLength })

const anyFile = fc
  .record({
    kind: fc.constantFrom('state', 'log', 'counter'),
    key: some(1, 3),
    indexes: fc.array(fc.record({ columns: some(1, 3), unique: fc.boolean() }), { maxLength: 3 }),
    filters: some(1, 4)
  })
  .map(({ kind, key, indexes, filters }) => ({
    name: 'things',
    kind,
    columns: Object.fromEntries(columns.map((name) => [name, { type: 'INT64' }])),
    key,
    ...(kind === 'state' && { version: { type: 'TIMESTAMP' } }),
    indexes: indexes.map((index, at) => ({ name: `things_${at}`, ...index })),
    read: { path: 'things', filters }
  }))

type AnyFile = Pick<CollectionFile, 'name' | 'columns' | 'key' | 'kind'> & {
  readonly indexes: readonly { readonly columns: readonly string[]; readonly unique: boolean }[]
  readonly read: { readonly path: string; readonly filters: readonly string[] }
}

/** Leave out what `landfall check` refuses, until it accepts the rest. */
function accepted(file: AnyFile): ReadableCollection {
  const bytes = Buffer.from(JSON.stringify(file))
  const outcome = checkContracts({ collections: [{ path: 'things.json', bytes }], events: [] })
  if ('contracts' in outcome) {
    const [collection] = outcome.contracts.collections.filter(isReadable)
    if (!collection) throw new Error('the collection is not read')
    return collection
  }
  const isRefused = (pointer: string) => outcome.faults.some((fault) => fault.pointer === pointer)
  const filters = file.read.filters.filter((_, at) => !isRefused(`/read/filters/${at}`))
  const indexes = file.indexes.filter((_, at) => !isRefused(`/indexes/${at}/columns`))
  expect(filters.length + indexes.length).toBeLessThan(
    file.read.filters.length + file.indexes.length
  )
  return accepted({ ...file, indexes, read: { ...file.read, filters } })
}

const anyCollection = anyFile.map(accepted)

/** Equalities on some columns, and a range on another one or none. */
interface Combination {
  readonly equals: readonly string[]
  readonly range?: string
}

const idOf = ({ equals, range = '' }: Combination) => `${equals.toSorted()} ${range}`

/** Read the combinations that the API document promises out of its sentence. */
function promised(collection: ReadableCollection): readonly Combination[] {
  const paths = readPaths({ collections: [collection] }, { push: 'none', read: 'none' })
  const text =
    /"description":"Filters: ([^"]+?), by equality/.exec(JSON.stringify(paths))?.[1] ?? ''
  const lists = [...text.matchAll(/\(([^)]+)\)/g)].map(([, names = '']) => names.split(', '))
  const all = lists.flatMap((names) =>
    names.flatMap((name, at) => {
      const before = names.slice(0, at)
      return [{ equals: before, range: name }, { equals: [...before, name] }]
    })
  )
  return [...new Map([{ equals: [] }, ...all].map((each) => [idOf(each), each])).values()]
}

/** Every equality on some columns, with every range on another one. */
const everyCombination: readonly Combination[] = columns
  .reduce<readonly (readonly string[])[]>(
    (sets, name) => sets.concat(sets.map((set) => [...set, name])),
    [[]]
  )
  .flatMap((equals) => [
    { equals },
    ...columns.filter((name) => !equals.includes(name)).map((range) => ({ equals, range }))
  ])

const value = fc.integer({ min: -1, max: 2 })
const anyQuery = fc.record({
  values: fc.record(Object.fromEntries(columns.map((name) => [name, value]))),
  from: fc.option(fc.tuple(fc.constantFrom('gt', 'gte'), value)),
  to: fc.option(fc.tuple(fc.constantFrom('lt', 'lte'), value)),
  limit: fc.integer({ min: 1, max: 5 })
})
type AnyQuery = typeof anyQuery extends fc.Arbitrary<infer T> ? T : never

function parametersOf({ equals, range }: Combination, { values, from, to }: AnyQuery) {
  const bounds = [from ?? (to ? null : ['gte', -1]), to].filter((bound) => bound !== null)
  return new Map([
    ...equals.map((name) => [name, String(values[name])] as const),
    ...(range ? bounds.map(([bound, at]) => [`${range}.${bound}`, String(at)] as const) : [])
  ])
}

const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  gt: (a, b) => a > b,
  gte: (a, b) => a >= b,
  lt: (a, b) => a < b,
  lte: (a, b) => a <= b
}

/** What a query means, said without keys, indexes or order. */
function matchesAll(row: Row, parameters: ReadonlyMap<string, string>): boolean {
  return [...parameters].every(([name, text]) => {
    const [column = '', bound] = name.split('.')
    const cell = row[column] ?? null
    if (cell === null) return false
    const compare = bound === undefined ? undefined : comparisons[bound]
    return compare ? compare(Number(cell), Number(text)) : cell === text
  })
}

/** NULL comes first, then numbers in their order. */
function byColumns(order: readonly string[]) {
  const rank = (row: Row, name: string) =>
    name === 'event_key' ? String(row[name]) : row[name] === null ? -99 : Number(row[name])
  return (left: Row, right: Row) => {
    const name = order.find((each) => rank(left, each) !== rank(right, each))
    if (name === undefined) return 0
    return rank(left, name) < rank(right, name) ? -1 : 1
  }
}

const cell = fc.oneof({ weight: 3, arbitrary: value.map(String) }, fc.constant(null))
const anyRow = fc.record({
  ...Object.fromEntries(columns.map((name) => [name, cell])),
  deleted_at: fc.constantFrom(null, null, null, '2026-11-01T10:00:00.000000000Z'),
  event_key: fc.constantFrom('k1', 'k2')
})
const anyRows = fc.array(anyRow, { minLength: 5, maxLength: 25 })

/** Rows as a table of this kind can have them: keys once, no NULL where the column has none. */
function rowsFor({ table }: ReadableCollection, made: readonly Row[]): readonly Row[] {
  const names = table.columns.map(({ name }) => name)
  const notNull = table.columns.filter((column) => column.notNull).map(({ name }) => name)
  const rows = made.map((row): Row => {
    const whole: Row = { ...stateRow, ...row }
    const entries = names.map((name) => [
      name,
      whole[name] ?? (notNull.includes(name) ? '0' : null)
    ])
    return Object.fromEntries(entries)
  })
  const lists = [
    table.primaryKey,
    ...table.indexes.filter(({ unique }) => unique).map((index) => index.columns)
  ]
  return lists.reduce(unique, rows)
}

/** Keep the first row of each combination of values; rows with NULL in it are not compared. */
function unique(rows: readonly Row[], list: readonly string[]): readonly Row[] {
  const seen = new Set<string>()
  return rows.filter((row) => {
    const values = list.map((name) => row[name] ?? null)
    const id = JSON.stringify(values)
    if (values.includes(null) || !seen.has(id)) {
      seen.add(id)
      return true
    }
    return false
  })
}

/** Read all pages of a query. */
async function readAll(
  store: Store,
  collection: ReadableCollection,
  parameters: ReadonlyMap<string, string>
): Promise<readonly Row[]> {
  const rows: Row[] = []
  let cursor: readonly [string, string][] = []
  for (;;) {
    const select = parsePage(collection, new Map([...parameters, ...cursor]))
    const page = await store.list(select, { kind: 'strong' })
    rows.push(...page.rows)
    const last = page.rows.at(-1)
    if (!page.more) return rows
    if (!last) throw new Error('an empty page has no more rows after it')
    cursor = [['cursor', formatCursor(select, last)]]
  }
}

/** Every promised combination gives the right rows, in order, each once. */
async function expectServed(
  store: Store,
  collection: ReadableCollection,
  rows: readonly Row[],
  query: AnyQuery
): Promise<void> {
  await store.commit([], () => ({
    mutations: rows.map((row) => ({ table: collection.table, row })),
    result: undefined
  }))
  const live = rows.filter((row) => (row['deleted_at'] ?? null) === null)
  for (const combination of promised(collection)) {
    const filters = parametersOf(combination, query)
    const { order, columns: shown } = parsePage(collection, filters)
    const expected = live
      .filter((row) => matchesAll(row, filters))
      .toSorted(byColumns(order))
      .map((row) => Object.fromEntries(shown.map((name) => [name, row[name]])))
    const found = await readAll(
      store,
      collection,
      new Map([...filters, ['limit', `${query.limit}`]])
    )
    expect(found, idOf(combination)).toEqual(expected)
  }
}

test('every promised filter gives the right rows in order, each once, from the embedded store', async () => {
  await fc.assert(
    fc.asyncProperty(anyCollection, anyRows, anyQuery, async (collection, made, query) => {
      const store = await openEmbeddedStore({ file: ':memory:', tables: [collection.table] })
      await expectServed(store, collection, rowsFor(collection, made), query)
      await store.close()
    }),
    { numRuns: 400 }
  )
})

test('every promised filter gives the right rows in order, each once, from Spanner', async () => {
  const made = fc.sample(fc.tuple(anyCollection, anyRows, anyQuery), { numRuns: 24, seed: 7 })
  const cases = made.map(([collection, rows, query], at) => ({
    collection: renamed(collection, at),
    rows: rowsFor(collection, rows),
    query
  }))
  const { open } = await createSpannerDatabase(cases.map(({ collection }) => collection.table))
  const store = await open()
  for (const { collection, rows, query } of cases) {
    await expectServed(store, collection, rows, query)
  }
  await store.close()
})

/** The same collection under other names, because all share a database. */
function renamed(collection: ReadableCollection, at: number): ReadableCollection {
  const rename = <T extends { readonly name: string }>(named: T) => ({
    ...named,
    name: `${named.name}_of_${at}`
  })
  const { table, read } = collection
  return {
    ...collection,
    table: { ...rename(table), indexes: table.indexes.map(rename) },
    read: {
      ...read,
      accessPaths: read.accessPaths.map((path) => ({
        ...path,
        ...(path.index && { index: rename(path.index) })
      }))
    }
  }
}

test('a promised filter is a search of the key or of an index, without a sort', () => {
  fc.assert(
    fc.property(anyCollection, anyQuery, (collection, query) => {
      const database = new DatabaseSync(':memory:')
      createMissing(database, [collection.table])
      for (const combination of promised(collection)) {
        const select = parsePage(collection, parametersOf(combination, query))
        const { sql, params, limit } = selectSql(select, sqliteDialect)
        const values = params.map(({ value }, at) => [`p${at + 1}`, Number(value)])
        const steps = database
          .prepare(`EXPLAIN QUERY PLAN ${sql}`)
          .all({ ...Object.fromEntries(values), limit })
          .map(({ detail }) => String(detail))
        const isFiltered = combination.equals.length > 0 || combination.range !== undefined
        expect(steps, sql).toEqual([
          expect.stringMatching(isFiltered ? /^SEARCH things USING/ : /^SCAN things USING/)
        ])
        // A unique index of the first columns may serve a search by the key: it has one row at most.
        if (select.index) expectSearched(steps[0] ?? '', combination)
        expect(selectSql(select, spannerDialect).sql).toContain(
          `@{FORCE_INDEX=${select.index ? `\`${select.index.name}\`` : '_BASE_TABLE'}}`
        )
      }
      database.close()
    }),
    { numRuns: 100 }
  )
})

/** All equalities and the range are where the search begins and ends. */
function expectSearched(step: string, { equals, range }: Combination): void {
  const terms = /\(([^)]+)\)$/.exec(step)?.[1]?.split(' AND ') ?? []
  const columnsOf = terms.map((term) => term.replace(/[<=>].*/, ''))
  expect(new Set(columnsOf)).toEqual(new Set([...equals, range].filter(Boolean)))
}

test('whatever is not promised is refused, by naming what is', () => {
  fc.assert(
    fc.property(anyCollection, anyQuery, (collection, query) => {
      const known = new Set(promised(collection).map(idOf))
      for (const combination of everyCombination) {
        const parse = () => parsePage(collection, parametersOf(combination, query))
        if (known.has(idOf(combination))) {
          expect(parse).not.toThrow()
          continue
        }
        const refusal = refusalOf(parse)
        expect(refusal.code).toBe('FILTER_UNSUPPORTED')
        expect(refusal.message).toMatch(
          collection.read.filters.length > 0
            ? /; supported filters: \(.+\), by equality on leading columns and a range on the last$/
            : /; this collection supports no filters$/
        )
      }
    }),
    { numRuns: 200 }
  )
})

function refusalOf(work: () => unknown) {
  try {
    work()
  } catch (error) {
    if (isFailure(error)) return error
    throw error
  }
  throw new Error('nothing was refused')
}

test('every declared filter that is accepted is promised alone or with others, and no other', () => {
  fc.assert(
    fc.property(anyCollection, (collection) => {
      const names = promised(collection).flatMap(({ equals, range = [] }) => [equals, range].flat())
      expect(new Set(names)).toEqual(new Set(collection.read.filters))
    })
  )
})
