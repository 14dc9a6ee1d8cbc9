import { status } from '@grpc/grpc-js'
import { refusal } from './refusal.ts'
import { type Column, columnOf, type Index, type Schema, type Table, tableOf } from './schema.ts'
import { type Cursor, readTokens } from './tokens.ts'

/**
 * Apply one statement of GoogleSQL to a schema: CREATE TABLE, CREATE INDEX, DROP INDEX, the forms of
 * ALTER TABLE that add or change a column or a row deletion policy, and ALTER INDEX ADD STORED COLUMN
 * (https://cloud.google.com/spanner/docs/reference/standard-sql/data-definition-language). What the
 * rows that are there make of the change isn't checked here.
 *
 * @throws a refusal, INVALID_ARGUMENT or UNIMPLEMENTED, of every other statement
 */
export function changeSchema(schema: Schema, statement: string, at: bigint): Schema {
  const cursor = readTokens(statement)
  const found = changes.find(([words]) => cursor.accept(...words.split(' ')))
  if (!found) throw refusal(status.UNIMPLEMENTED, `The model doesn't know: ${statement}`)
  const [, change] = found
  const changed = change(schema, cursor, at)
  if (cursor.done()) return changed
  throw refusal(status.INVALID_ARGUMENT, `Syntax error: more than the model knows: ${statement}`)
}

type Change = (schema: Schema, cursor: Cursor, at: bigint) => Schema

const changes: readonly (readonly [string, Change])[] = [
  ['CREATE TABLE', (schema, cursor, at) => [...schema, readTable(schema, cursor, at)]],
  ['CREATE INDEX', (schema, cursor) => addIndex(schema, cursor, {})],
  ['CREATE UNIQUE INDEX', (schema, cursor) => addIndex(schema, cursor, { unique: true })],
  [
    'CREATE NULL_FILTERED INDEX',
    (schema, cursor) => addIndex(schema, cursor, { nullFiltered: true })
  ],
  [
    'CREATE UNIQUE NULL_FILTERED INDEX',
    (schema, cursor) => addIndex(schema, cursor, { unique: true, nullFiltered: true })
  ],
  ['DROP INDEX', dropIndex],
  ['ALTER INDEX', storeColumn],
  ['ALTER TABLE', alterTable]
]

function readTable(schema: Schema, cursor: Cursor, createdAt: bigint): Table {
  const name = cursor.name()
  if (schema.some((table) => table.name.toLowerCase() === name.toLowerCase()))
    throw refusal(status.FAILED_PRECONDITION, `Duplicate name in schema: ${name}.`)
  const columns = cursor.list(() => readColumn(cursor))
  cursor.expect('PRIMARY', 'KEY')
  const primaryKey = cursor.list(() => readKeyPart(cursor))
  const table: Table = { name, columns, primaryKey, indexes: [], createdAt }
  for (const { column } of primaryKey) columnOf(table, column)
  return cursor.accept(',') ? { ...table, deletionPolicy: readPolicy(cursor) } : table
}

function readColumn(cursor: Cursor): Column {
  const name = cursor.name()
  return { commitTimestamp: false, ...readRest(cursor, { name, ...readType(cursor) }) }
}

function readType(cursor: Cursor): Pick<Column, 'type' | 'notNull'> {
  const word = cursor.name().toUpperCase()
  const array = word === 'ARRAY'
  if (array) cursor.expect('<')
  const scalar = array ? cursor.name().toUpperCase() : word
  const length = cursor.accept('(') ? cursor.untilClosed() : undefined
  if (array) cursor.expect('>')
  const notNull = cursor.accept('NOT', 'NULL')
  if (length === undefined) return { type: { scalar, array }, notNull }
  const type = { scalar, array, length: length === 'MAX' ? length : Number(length) } as const
  return { type, notNull }
}

type Begun = Pick<Column, 'name' | 'type' | 'notNull'>

function readRest(cursor: Cursor, column: Begun): Begun & Partial<Column> {
  if (cursor.accept('DEFAULT', '(')) return { ...column, byDefault: cursor.untilClosed() }
  if (cursor.accept('AS', '(')) {
    const generated = cursor.untilClosed()
    cursor.expect('STORED')
    return { ...column, generated }
  }
  if (cursor.accept('OPTIONS')) return { ...column, commitTimestamp: readOptions(cursor) }
  return column
}

/** The one option that the model knows: may the column be written with the commit timestamp? */
function readOptions(cursor: Cursor): boolean {
  cursor.expect('(', 'ALLOW_COMMIT_TIMESTAMP', '=')
  return /^true$/i.test(cursor.untilClosed())
}

function readPolicy(cursor: Cursor): string {
  cursor.expect('ROW', 'DELETION', 'POLICY', '(')
  return cursor.untilClosed()
}

function readKeyPart(cursor: Cursor) {
  const column = cursor.name()
  const descending = cursor.accept('DESC')
  if (!descending) cursor.accept('ASC')
  return { column, descending }
}

const replaced = (schema: Schema, table: Table): Schema =>
  schema.map((one) => (one.name === table.name ? table : one))

function addIndex(
  schema: Schema,
  cursor: Cursor,
  { unique = false, nullFiltered = false }: Partial<Index>
): Schema {
  const name = cursor.name()
  cursor.expect('ON')
  const table = tableOf(schema, cursor.name())
  const columns = cursor.list(() => readKeyPart(cursor))
  const storing = cursor.accept('STORING') ? cursor.list(() => cursor.name()) : []
  for (const { column } of columns) columnOf(table, column)
  for (const column of storing) columnOf(table, column)
  const index: Index = { name, columns, storing, unique, nullFiltered }
  return replaced(schema, { ...table, indexes: [...table.indexes, index] })
}

function indexed(schema: Schema, name: string): Table {
  const table = schema.find(({ indexes }) => indexes.some((index) => index.name === name))
  if (table) return table
  throw refusal(status.NOT_FOUND, `Index not found: ${name}`)
}

function dropIndex(schema: Schema, cursor: Cursor): Schema {
  const name = cursor.name()
  const table = indexed(schema, name)
  const indexes = table.indexes.filter((index) => index.name !== name)
  return replaced(schema, { ...table, indexes })
}

function storeColumn(schema: Schema, cursor: Cursor): Schema {
  const name = cursor.name()
  const table = indexed(schema, name)
  cursor.expect('ADD', 'STORED', 'COLUMN')
  const { name: column } = columnOf(table, cursor.name())
  const indexes = table.indexes.map((index) =>
    index.name === name ? { ...index, storing: [...index.storing, column] } : index
  )
  return replaced(schema, { ...table, indexes })
}

function alterTable(schema: Schema, cursor: Cursor): Schema {
  const table = tableOf(schema, cursor.name())
  if (cursor.accept('ADD', 'COLUMN')) {
    const columns = [...table.columns, readColumn(cursor)]
    return replaced(schema, { ...table, columns })
  }
  if (cursor.accept('ALTER', 'COLUMN')) {
    const column = columnOf(table, cursor.name())
    const changed = cursor.accept('SET', 'OPTIONS')
      ? { ...column, commitTimestamp: readOptions(cursor) }
      : { ...column, ...readType(cursor) }
    const columns = table.columns.map((one) => (one === column ? changed : one))
    return replaced(schema, { ...table, columns })
  }
  if (!cursor.accept('ADD')) cursor.expect('REPLACE')
  return replaced(schema, { ...table, deletionPolicy: readPolicy(cursor) })
}
