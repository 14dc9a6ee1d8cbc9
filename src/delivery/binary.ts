import { Failure } from '../failures.ts'
import { checkAttributes } from './attributes.ts'
import { withData } from './data.ts'
import type { Delivery } from './event.ts'
import { decodeHeaderValue } from './header-value.ts'
import { declaredType } from './headers.ts'
import { type Claims, type Content, type Reading, settle } from './reading.ts'

const marks = ['ce-specversion', 'ce-id', 'ce-source', 'ce-type']

/**
 * True when names are those of a CloudEvent in binary mode. Whoever sends any of the four required
 * attributes means a CloudEvent: one that lacks another is broken, and not something else.
 */
export function hasEventAttributes(named: Readonly<Record<string, unknown>>): boolean {
  return marks.some((mark) => Object.hasOwn(named, mark))
}

/** Read a CloudEvent of the HTTP binding's binary mode: attributes in headers, data in the body. */
export function readBinary({ headers, body }: Delivery): Reading {
  const claims: [string, string][] = []
  const faults: Failure[] = []
  for (const [header, lines] of Object.entries(headers)) {
    if (!header.startsWith('ce-')) continue
    const name = header.slice('ce-'.length)
    const value = decodeLines(name, lines)
    if (value instanceof Failure) faults.push(value)
    else if (value !== undefined) claims.push([name, value])
  }
  if (new Set(headers['content-type']).size > 1) {
    faults.push(new Failure('ATTRIBUTE_INVALID', 'there are two Content-Type headers that differ'))
  }
  const known = Object.fromEntries(claims)
  return {
    claims: known,
    content: settle(() => {
      if (faults[0]) throw faults[0]
      return eventOf(known, declaredType(headers), body)
    })
  }
}

function decodeLines(name: string, lines: readonly string[]): string | Failure | undefined {
  if (lines.length > 1) {
    return new Failure('ATTRIBUTE_INVALID', `the header of attribute ${shown(name)} is repeated`)
  }
  try {
    return lines[0] === undefined ? undefined : decodeHeaderValue(lines[0])
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return new Failure('ATTRIBUTE_INVALID', `the header of attribute ${shown(name)} is not UTF-8`)
  }
}

/**
 * Make the event of a binary mode from its attributes and the bytes of its data. The content type
 * of the transport is its `datacontenttype`; a `ce-datacontenttype`, which the HTTP binding forbids
 * and Eventarc sends in Pub/Sub attributes, only stands in where there is none.
 *
 * @throws {Failure} what `checkAttributes` and `withData` throw
 */
export function eventOf(claims: Claims, contentType: string | undefined, bytes: Buffer): Content {
  const declared = contentType === undefined ? claims : { ...claims, datacontenttype: contentType }
  return withData(checkAttributes(declared), bytes)
}

const shown = (name: string) => JSON.stringify(name.slice(0, 64).toWellFormed())
