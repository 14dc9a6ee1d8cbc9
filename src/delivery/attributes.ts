import { Failure } from '../failures.ts'
import { isTimestamp } from '../values/calendar.ts'
import type { Json } from '../values/json.ts'
import { limits } from '../values/limits.ts'
import type { Claims, CloudEvent, Identity } from './event.ts'
import { isMediaType } from './headers.ts'

/** Ids are UUIDs, hashes, message ids; a longer one is a mistake and would bloat every log line. */
export const MAX_ID_CHARACTERS = 256
/** The length of a URL that every client and proxy handles. */
export const MAX_SOURCE_CHARACTERS = 2048
export const MAX_TYPE_CHARACTERS = limits.typeCharacters.ours

const required = ['id', 'source', 'type'] as const

/** Attributes whose text has a rule of its own. A rule returns what is wrong with the text. */
const rules = new Map<string, (text: string) => string | undefined>([
  ['id', atMost(MAX_ID_CHARACTERS)],
  ['source', atMost(MAX_SOURCE_CHARACTERS)],
  ['type', atMost(MAX_TYPE_CHARACTERS)],
  ['subject', () => undefined],
  ['time', (text) => (isTimestamp(text) ? undefined : 'is not an RFC 3339 timestamp')],
  [
    'dataschema',
    (text) => (/^[A-Za-z][\w+.-]*:/.test(text) ? undefined : 'is not an absolute URI')
  ],
  ['datacontenttype', (text) => (isMediaType(text) ? undefined : 'is not a media type')]
])

/**
 * Check the context attributes of a CloudEvent 1.0 and return it without data
 * (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#context-attributes). A null is
 * the same as no attribute. `source` need not be a URI: many senders put a plain name there.
 *
 * @throws {Failure} SPECVERSION_UNSUPPORTED, ATTRIBUTE_MISSING, ATTRIBUTE_INVALID
 */
export function checkAttributes(claims: Claims): CloudEvent {
  const { specversion } = claims
  if (isUnset(specversion)) throw missing('specversion')
  if (specversion !== '1.0') {
    throw new Failure('SPECVERSION_UNSUPPORTED', 'the specversion is not 1.0')
  }
  for (const name of required) if (isUnset(claims[name])) throw missing(name)
  const set = Object.entries(claims).filter(([, value]) => value !== null && value !== undefined)
  for (const [name, value] of set) {
    const fault = faultOf(name, value)
    if (fault) throw new Failure('ATTRIBUTE_INVALID', `the attribute ${nameOf(name)} ${fault}`)
  }
  // The border: every attribute that the type names was checked above.
  return Object.fromEntries(set) as CloudEvent
}

/** Return what identifies a refused event: only those attributes that are valid. */
export function identityOf(claims: Claims): Identity {
  const { source, id, type } = claims
  return {
    ...(isValid('source', source) && { source }),
    ...(isValid('id', id) && { eventId: id }),
    ...(isValid('type', type) && { type })
  }
}

function isValid(name: string, value: Json | undefined): value is string {
  return typeof value === 'string' && !faultOf(name, value)
}

/** Report whether an attribute may have this text: no control characters, noncharacters, half pairs. */
export function isAttributeText(text: string): boolean {
  return !/[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/u.test(text)
}

/** Report whether an attribute is not set; Protobuf's JSON treats null, empty and absent alike. */
export function isUnset(value: Json | undefined): boolean {
  return value === undefined || value === null || value === ''
}

/** Return what is wrong with one attribute, for a sentence that starts with its name. */
function faultOf(name: string, value: Json | undefined): string | undefined {
  // An attribute named `data` would collide with the member of the JSON format.
  if (!/^[a-z0-9]+$/.test(name) || name === 'data') return 'has a name that no attribute may have'
  const rule = rules.get(name)
  if (typeof value === 'string') return rule && value === '' ? 'is empty' : textFault(value, rule)
  if (rule) return 'is not a string'
  if (typeof value === 'boolean') return undefined
  // A 32-bit operator changes every number that is not a signed 32-bit integer.
  return typeof value === 'number' && (value | 0) === value
    ? undefined
    : 'is not a string, a boolean or a 32-bit integer'
}

function textFault(
  text: string,
  rule: ((text: string) => string | undefined) | undefined
): string | undefined {
  return isAttributeText(text) ? rule?.(text) : 'has a character that no attribute may have'
}

/** Characters are code points, as Spanner counts them. */
function atMost(limit: number): (text: string) => string | undefined {
  return (text) => {
    const tooLong = text.length > 2 * limit || (text.length > limit && [...text].length > limit)
    return tooLong ? `is longer than ${limit} characters` : undefined
  }
}

function missing(name: string): Failure {
  return new Failure('ATTRIBUTE_MISSING', `the attribute ${name} is absent or empty`)
}

const nameOf = (name: string) => JSON.stringify(name.slice(0, 64).toWellFormed())
