import {
  MAX_ID_CHARACTERS,
  MAX_SOURCE_CHARACTERS,
  MAX_TYPE_CHARACTERS
} from '../delivery/attributes.ts'
import type { JsonObject } from '../values/json.ts'
import type { EventFile, JsonSchema, WriteSpec } from './schema-file.ts'

/** Context attributes that have rules of their own, as JSON Schema 2020-12. */
const attributes = {
  specversion: { const: '1.0' },
  id: {
    description: 'Identifies the event within its source; a redelivery has the same id.',
    type: 'string',
    minLength: 1,
    maxLength: MAX_ID_CHARACTERS
  },
  source: {
    description: 'The producer of the event, as a URI reference.',
    type: 'string',
    minLength: 1,
    maxLength: MAX_SOURCE_CHARACTERS
  },
  type: { type: 'string', minLength: 1, maxLength: MAX_TYPE_CHARACTERS },
  time: { description: 'When the event happened.', type: 'string', format: 'date-time' },
  subject: {
    description: 'The subject of the event, within its source.',
    type: 'string',
    minLength: 1
  },
  datacontenttype: { description: 'Media type of the data.', type: 'string', minLength: 1 },
  dataschema: {
    description: 'URI of the schema that the data follows.',
    type: 'string',
    format: 'uri'
  }
} as const satisfies Record<string, JsonSchema>

const required = ['specversion', 'id', 'source', 'type']

/** A CloudEvent of any type, in its JSON form. */
export const anyEventSchema = {
  description: 'A CloudEvent 1.0 in its JSON form.',
  type: 'object',
  required,
  properties: {
    ...attributes,
    data: { description: 'The data that its contract describes.' },
    data_base64: { type: 'string', contentEncoding: 'base64' }
  },
  not: { required: ['data', 'data_base64'] }
} as const satisfies JsonSchema

/**
 * Write the JSON Schema of the events of one contract in their JSON form.
 *
 * @param data The schema of their data, or a reference to it
 */
export function eventSchema(file: EventFile, data: JsonSchema): JsonObject {
  return {
    type: 'object',
    required: requiredMembers(file),
    properties: { ...attributes, type: { const: file.type }, data }
  }
}

/** Write the JSON Schema of the attributes of one contract, by their names in binary mode. */
export function binaryAttributesSchema(file: EventFile): JsonObject {
  const properties = Object.entries({ ...attributes, type: { const: file.type } })
    // In binary mode the content type of the message stands for it.
    .filter(([name]) => name !== 'datacontenttype')
    .map(([name, schema]) => [`ce-${name}`, schema])
  const named = requiredMembers(file).filter((name) => name !== 'data')
  return {
    type: 'object',
    required: named.map((name) => `ce-${name}`),
    properties: Object.fromEntries(properties)
  }
}

function requiredMembers(file: EventFile): readonly string[] {
  const data = file.data !== undefined && file.writes.length > 0 ? ['data'] : []
  return [...new Set([...required, ...file.writes.flatMap(attributesOfVersion), ...data])]
}

/** A write without `forEach` is always done, so the attributes of its version are required. */
function attributesOfVersion({ version = [], forEach }: WriteSpec): readonly string[] {
  if (forEach !== undefined) return []
  return [version]
    .flat()
    .flatMap((source) => (typeof source === 'string' ? [source.slice(1)] : []))
    .filter((name) => Object.hasOwn(attributes, name))
}
