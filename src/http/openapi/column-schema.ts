import type { ReadableCollection } from '../../contracts/contracts.ts'
import { columnOf } from '../../store/table.ts'
import { type ColumnType, columnTypes, formatType } from '../../values/column-types.ts'
import type { JsonObject } from '../../values/json.ts'

/** Write the schema of a value of a column that is not NULL. */
export function valueSchema(type: ColumnType): JsonObject {
  if (type.array) return { type: 'array', items: orNull(scalarSchema(type)) }
  return scalarSchema(type)
}

/** Write the schema of a row as the collection shows it: every field, in its order. */
export function rowSchema({ table, read, description, ...rest }: ReadableCollection): JsonObject {
  const fields = read.fields.map((name) => {
    const { type, notNull } = columnOf(table, name)
    const schema = notNull ? valueSchema(type) : orNull(valueSchema(type))
    return [name, { description: describeColumn(rest.columnDescriptions[name], type), ...schema }]
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
export function describeColumn(sentence: string | undefined, type: ColumnType): string {
  return sentence === undefined ? `${formatType(type)}.` : `${sentence} ${formatType(type)}.`
}

/** JSON Schema counts characters too; base64 text is longer than its bytes. */
function scalarSchema({ scalar, length }: ColumnType): JsonObject {
  const rules = columnTypes[scalar]
  const isLimited = rules.length?.unit === 'characters' && typeof length === 'number'
  return { ...rules.schema, ...(isLimited && { maxLength: length }) }
}

/** A JSON column has no type here: it takes any value, `null` too. */
function orNull(schema: JsonObject): JsonObject {
  return typeof schema['type'] === 'string' ? { ...schema, type: [schema['type'], 'null'] } : schema
}
