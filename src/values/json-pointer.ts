import { isList, type Json } from './json.ts'

const index = /^(?:0|[1-9]\d*)$/

/** Split a JSON Pointer (RFC 6901) into its reference tokens. It must be well-formed. */
export function parsePointer(pointer: string): readonly string[] {
  return pointer.split('/').slice(1).map(unescapeToken)
}

/** Read one reference token of a JSON Pointer. */
export function unescapeToken(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~')
}

/** Write reference tokens as a JSON Pointer. */
export function formatPointer(...tokens: readonly (string | number)[]): string {
  return tokens
    .map((token) => `/${String(token).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('')
}

/** Follow tokens through own members and array elements; undefined where there is nothing. */
export function resolve(from: Json | undefined, tokens: readonly string[]): Json | undefined {
  let value = from
  for (const token of tokens) value = step(value, token)
  return value
}

function step(value: Json | undefined, token: string): Json | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (isList(value)) return index.test(token) ? value[Number(token)] : undefined
  return Object.hasOwn(value, token) ? value[token] : undefined
}
