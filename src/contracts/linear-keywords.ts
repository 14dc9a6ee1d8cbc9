import type { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { isList, isObject, type Json } from '../values/json.ts'
import { compilePattern, maxPatternCharacters, type Pattern } from './pattern.ts'

/**
 * Add the formats of JSON Schema and OpenAPI, and replace what takes more than linear time: the
 * format `url`, whose expression backtracks, and `uniqueItems`, which compares each with each.
 */
export function addLinearKeywords(ajv: Ajv2020): void {
  addFormats.default(ajv)
  ajv.addFormat('url', isUrl)
  ajv.addFormat('regex', isRegex)
  ajv.removeKeyword('uniqueItems').addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    error: { message: 'must NOT have duplicate items' },
    validate: (unique: boolean, list: readonly Json[]) => !unique || isUnique(list)
  })
}

const user = '^(?:https?|ftp)://(?:\\S+(?::\\S*)?@)?'
const rest = '(?::\\d{2,5})?(?:/\\S*)?$'
const address =
  '(?:[1-9]\\d?|1\\d\\d|2[01]\\d|22[0-3])(?:\\.(?:1?\\d{1,2}|2[0-4]\\d|25[0-5])){2}' +
  '\\.(?:[1-9]\\d?|1\\d\\d|2[0-4]\\d|25[0-4])'
const label = '(?:[a-z0-9\\u{a1}-\\u{ffff}]+-)*[a-z0-9\\u{a1}-\\u{ffff}]+'
const name = `${label}(?:\\.${label})*\\.[a-z\\u{a1}-\\u{ffff}]{2,}`
const privateAddress =
  '(?:(?:10|127)(?:\\.\\d{1,3}){3}|(?:169\\.254|192\\.168)(?:\\.\\d{1,3}){2}|' +
  '172\\.(?:1[6-9]|2\\d|3[0-1])(?:\\.\\d{1,3}){2})'

/** The expression of ajv-formats without its lookaheads, which exclude private addresses. */
const url = lazily(`${user}(?:${address}|${name})${rest}`)
const privateUrl = lazily(`${user}${privateAddress}${rest}`)

const isUrl = (text: string) =>
  text.length <= maxPatternCharacters && url(text) && !privateUrl(text)

function lazily(source: string): (text: string) => boolean {
  let pattern: Pattern | undefined
  return (text) => {
    pattern ??= compilePattern(source, true)
    return pattern.test(text)
  }
}

function isRegex(text: string): boolean {
  if (text.length > maxPatternCharacters || /[^\\]\\Z/.test(text)) return false
  try {
    return new RegExp(text) instanceof RegExp
  } catch {
    return false
  }
}

/** Report whether no two elements are equal; objects are, whatever the order of their members. */
function isUnique(list: readonly Json[]): boolean {
  return new Set(list.map(canonical)).size === list.length
}

function canonical(value: Json): string {
  if (isList(value)) return `[${value.map(canonical)}]`
  if (!isObject(value)) return JSON.stringify(value)
  const names = Object.keys(value).sort()
  return `{${names.map((key) => `${JSON.stringify(key)}:${canonical(value[key] ?? null)}`)}}`
}
