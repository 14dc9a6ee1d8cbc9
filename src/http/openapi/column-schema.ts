import type { ReadableCollection } from '../../contracts/contracts.ts'
import { columnOf } from '../../store/table.ts'
import { type ColumnType, formatType, type ScalarType } from '../../values/column-types.ts'
import type { JsonObject } from '../../values/json.ts'

/** How `row-json.ts` spells a value that is not NULL, by the type of its column. */
const scalars: Readonly<Record<ScalarType, JsonObject>> = {
  STRING: { type: 'string' },
  INT64: { type: 'string', pattern: '^(0|-?[1-9][0-9]{0,18})$' },
  FLOAT64: { type: 'number' },
  FLOAT32: { type: 'number' },
  NUMERIC: {
    type: 'string',
    pattern: '^(0|-?(0|[1-9][0-9]{0,28})\\.[0-9]{0,8}[1-9]|-?[1-9][0-9]{0,28})$'
  },
  BOOL: { type: 'boolean' },
  BYTES: { type: 'string', contentEncoding: 'base64' },
  DATE: { type: 'string', format: 'date' },
  TIMESTAMP: { type: 'string', format: 'date-time' },
  JSON: {},
  UUID: { type: 'string', format: 'uuid' }
}

/** Write the schema of a value of a column that is not NULL. */
export function valueSchema(type: ColumnType): JsonObject {
  if (type.array) return { type: 'array', items: orNull(scalarSchema(type)) }
  return scalarSchema(type)
}

/** Write the schema of a row as the collection shows it: every field, in its order. Pure. */
export function rowSchema({ table, read, description, ...rest }: ReadableCollection): JsonObject {
  const fields = read.fields.map((name) => {
    const { type, notNull } = columnOf(table, name)
    const schema = notNull ? valueSchema(type) : orNull(valueSchema(type))
    return [name, { description: describe(rest.columnDescriptions[name], type), ...schema }]
  })
  return {
    ...(description !== '' && { description }),
    type: 'object',
    required: read.fields,
    properties: Object.fromEntries(fields),
    additionalProperties: false
  }
}

/** Describe a column, with its type where the JSON type does not show it. */
export function describe(sentence: string | undefined, type: ColumnType): string {
  return sentence === undefined ? `${formatType(type)}.` : `${sentence} ${formatType(type)}.`
}

/** Spanner counts characters, as JSON Schema does; of BYTES the text is longer than the bytes. */
function scalarSchema({ scalar, length }: ColumnType): JsonObject {
  const isLimited = scalar === 'STRING' && typeof length === 'number'
  return { ...scalars[scalar], ...(isLimited && { maxLength: length }) }
}

/** A JSON column has no type here: it holds anything, `null` too. */
function orNull(schema: JsonObject): JsonObject {
  return typeof schema['type'] === 'string' ? { ...schema, type: [schema['type'], 'null'] } : schema
}
