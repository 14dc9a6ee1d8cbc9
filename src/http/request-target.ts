import { Failure } from '../failures.ts'

/** The two halves of a request target as they arrived: nothing is decoded. */
export interface RequestTarget {
  readonly path: string
  /** Without its `?`; empty when there is none. */
  readonly query: string
}

const authority = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i

/** Split a request target, in origin form or absolute form (RFC 9112 section 3.2). */
export function splitTarget(target: string): RequestTarget {
  const local = target.startsWith('/') ? target : target.replace(authority, '')
  const end = local.search(/[?#]/)
  return end < 0
    ? { path: local, query: '' }
    : { path: local.slice(0, end), query: local.slice(end + 1) }
}

/**
 * Read a query string as names and values. `+` is a space, as every HTML form and
 * `URLSearchParams` write it; empty parts are skipped.
 *
 * @throws {Failure} QUERY_INVALID: a percent-encoding that is not UTF-8, or a repeated name, of
 * which no value can be picked
 */
export function parseParameters(query: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>()
  for (const part of query.split('&')) {
    if (part === '') continue
    const [name = '', ...rest] = part.split('=').map(decodeParameter)
    if (parameters.has(name)) {
      throw new Failure('QUERY_INVALID', `${showName(name)} is given more than once`)
    }
    parameters.set(name, rest.join('='))
  }
  return parameters
}

/** Quote a parameter name for a message: cut where no real name is as long. */
export function showName(name: string): string {
  return JSON.stringify(name.length > 64 ? `${name.slice(0, 64)}…` : name)
}

function decodeParameter(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch (cause) {
    throw new Failure('QUERY_INVALID', 'the query has a malformed percent-encoding', { cause })
  }
}
