import { status } from '@grpc/grpc-js'
import { refusal } from './refusal.ts'
import { indexKey, type Row } from './rows.ts'
import { type Column, type Index, type Schema, type Table, tableOf } from './schema.ts'
import { type Cursor, readTokens } from './tokens.ts'
import { compareValues, type Value } from './values.ts'

export interface SelectQuery {
  readonly table: Table
  readonly columns: readonly Column[]
  /** Filter, order and limit rows of the table, and leave the columns that are asked for. */
  run(rows: readonly Row[]): Value[][]
}

type Params = Readonly<Record<string, Value>>
type Condition = (row: Row) => boolean
type ColumnOf = (name: string) => Column

/**
 * Read a query of one table: columns, conditions (`=`, `<`, `<=`, `>`, `>=`, IS NULL, IS NOT NULL,
 * AND, OR, FALSE), ORDER BY and LIMIT. Any hint but FORCE_INDEX is ignored. Other queries aren't
 * modelled.
 *
 * @param at microseconds since 1970: the time at which the table must be there
 * @throws a refusal, INVALID_ARGUMENT
 */
export function readSelect(sql: string, params: Params, schema: Schema, at: bigint): SelectQuery {
  const cursor = readTokens(sql)
  cursor.expect('SELECT')
  const names = cursor.several(() => cursor.name())
  cursor.expect('FROM')
  const table = invalid(() => tableOf(schema, cursor.name(), at))
  const columnOf: ColumnOf = (name) => {
    const column = table.columns.find((one) => one.name === name)
    if (column) return column
    throw refusal(status.INVALID_ARGUMENT, `Unrecognized name: ${name}`)
  }
  const columns = names.map(columnOf)
  const index = forcedIndex(table, cursor)
  const condition = cursor.accept('WHERE')
    ? readAlternatives({ cursor, params, columnOf })
    : () => true
  const order = cursor.accept('ORDER', 'BY') ? cursor.several(() => columnOf(cursor.name())) : []
  cursor.expect('LIMIT')
  const limit = Number(params[cursor.name().slice(1)])
  return {
    table,
    columns,
    run: (rows) =>
      rows
        .filter((row) => !index || indexKey(index, row))
        .filter(condition)
        .sort((a, b) => compareRows(order, a, b))
        .slice(0, limit)
        .map((row) => columns.map(({ name }) => row.get(name) ?? null))
  }
}

/** In a query, Spanner calls a missing table an invalid argument. */
function invalid<T>(find: () => T): T {
  try {
    return find()
  } catch (error) {
    throw refusal(status.INVALID_ARGUMENT, error instanceof Error ? error.message : '')
  }
}

function forcedIndex(table: Table, cursor: Cursor): Index | undefined {
  if (!cursor.accept('@', '{')) return undefined
  const hints = cursor.several(() => {
    const name = cursor.name()
    while (cursor.accept('.')) cursor.name()
    cursor.expect('=')
    return { name, value: cursor.name() }
  })
  cursor.expect('}')
  const name = hints.find((hint) => hint.name === 'FORCE_INDEX')?.value ?? '_BASE_TABLE'
  const index = table.indexes.find((one) => one.name === name)
  if (index || name === '_BASE_TABLE') return index
  const detail = `The table ${table.name} does not have a secondary index called ${name}`
  throw refusal(status.INVALID_ARGUMENT, detail)
}

interface Reading {
  readonly cursor: Cursor
  readonly params: Params
  readonly columnOf: ColumnOf
}

function readAlternatives(reading: Reading): Condition {
  const alternatives = [readConjunction(reading)]
  while (reading.cursor.accept('OR')) alternatives.push(readConjunction(reading))
  return (row) => alternatives.some((holds) => holds(row))
}

function readConjunction(reading: Reading): Condition {
  const conditions = [readCondition(reading)]
  while (reading.cursor.accept('AND')) conditions.push(readCondition(reading))
  return (row) => conditions.every((holds) => holds(row))
}

const operators: Readonly<Record<string, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0
}

/** A comparison with NULL is neither true nor false; without NOT, that is the same as false. */
function readCondition(reading: Reading): Condition {
  const { cursor, params, columnOf } = reading
  if (cursor.accept('FALSE')) return () => false
  if (cursor.accept('(')) {
    const inner = readAlternatives(reading)
    cursor.expect(')')
    return inner
  }
  const { name, type } = columnOf(cursor.name())
  if (cursor.accept('IS', 'NULL')) return (row) => (row.get(name) ?? null) === null
  if (cursor.accept('IS', 'NOT', 'NULL')) return (row) => (row.get(name) ?? null) !== null
  const [, holds] = Object.entries(operators).find(([sign]) => cursor.accept(sign)) ?? []
  const param = params[cursor.name().slice(1)]
  if (!holds || param === undefined)
    throw refusal(status.INVALID_ARGUMENT, `Syntax error: a condition on ${name} that isn't known`)
  return (row) => {
    const value = row.get(name) ?? null
    return value !== null && param !== null && holds(compareValues(type, value, param))
  }
}

function compareRows(order: readonly Column[], a: Row, b: Row): number {
  for (const { name, type } of order) {
    const compared = compareValues(type, a.get(name) ?? null, b.get(name) ?? null)
    if (compared !== 0) return compared
  }
  return 0
}
