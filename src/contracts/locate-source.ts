import type { JsonType } from '../values/json.ts'
import { parsePointer } from '../values/json-pointer.ts'
import { anyType } from './json-types.ts'
import { EACH, locate, type Step } from './locate.ts'
import type { EventFile, JsonSchema } from './schema-file.ts'
import { open, type SchemaLocation } from './schema-location.ts'

/** What a pointer of a contract points to. */
export interface Place {
  readonly location: SchemaLocation
  /**
   * An optional attribute of the envelope. No schema can require it, so an event without it becomes
   * a dead letter; the contract is not at fault.
   */
  readonly optionalAttribute: boolean
  /** Locate an element, if the location is an array. */
  element(): SchemaLocation
}

const alwaysThere = ['specversion', 'id', 'source', 'type']
const optional = ['time', 'subject', 'datacontenttype', 'dataschema', 'data_base64']
/** https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#naming-conventions */
const attributeName = /^[a-z0-9]+$/
const messageAttributes: JsonSchema = { type: 'object', additionalProperties: { type: 'string' } }

/** Locate the target of a pointer. A string says why there is none. */
export function locateSource(
  file: EventFile,
  pointer: string,
  forEach: string | undefined
): Place | string {
  const [first = '', ...rest] = parsePointer(pointer)
  if (first === 'item' || first === 'index') return locateEach(file, [first, ...rest], forEach)
  if (first === 'data') return locateIn(file.data, [], rest, '/data')
  if (first === 'attributes') {
    if (!file.payload)
      return '"/attributes" exists only in Pub/Sub messages; set payload to "message"'
    return locateIn(file.attributes ?? messageAttributes, [], rest, pointer)
  }
  return locateAttribute(file, first, rest)
}

function locateEach(file: EventFile, [first, ...rest]: string[], forEach?: string): Place | string {
  if (forEach === undefined) return `"/${first}" points into an element of an array; add forEach`
  if (first === 'index') {
    return rest.length > 0 ? '"/index" is a number and has no members' : envelope('integer', true)
  }
  const [root, ...steps] = parsePointer(forEach)
  const schema = root === 'attributes' ? file.attributes : file.data
  return locateIn(schema, [...steps, EACH], rest, '/item')
}

function locateIn(
  schema: JsonSchema | undefined,
  base: readonly Step[],
  rest: readonly string[],
  pointer: string
): Place | string {
  if (schema === undefined) {
    return `"${pointer}" has no JSON Schema; add one to the contract`
  }
  const steps = [...base, ...rest]
  return {
    location: locate(schema, steps),
    optionalAttribute: false,
    element: () => locate(schema, [...steps, EACH])
  }
}

/** A misspelled attribute would never be there, so an example must show each extension. */
function locateAttribute(file: EventFile, name: string, rest: readonly string[]): Place | string {
  if (!attributeName.test(name) && name !== 'data_base64') {
    return `"/${name}" is not an attribute of a CloudEvent; expected /data/… or an attribute such as /id or /time`
  }
  if (rest.length > 0) return `"/${name}" is an attribute of the event and has no members`
  if (alwaysThere.includes(name)) return envelope('string', true)
  if (optional.includes(name)) return envelope('string', false)
  const shown = (file.examples ?? []).some((example) => Object.hasOwn(example, name))
  if (!shown)
    return `"/${name}" is in no example; expected an extension attribute that an example has`
  return { ...envelope('string', false), location: open }
}

function envelope(type: JsonType, always: boolean): Place {
  const location: SchemaLocation = { state: 'known', types: new Set([type]), always, declared: [] }
  return {
    location,
    optionalAttribute: !always,
    element: () => ({ ...location, state: 'closed', types: anyType })
  }
}
