import { Ajv2020 } from 'ajv/dist/2020.js'
import { Failure } from '../failures.ts'
import { isList, type Json } from '../values/json.ts'
import { formatPointer, parsePointer, resolve } from '../values/json-pointer.ts'
import type { ReportFault } from './fault.ts'
import { addLinearKeywords } from './linear-keywords.ts'
import { compilePattern, maxPatternCharacters } from './pattern.ts'
import type { JsonSchema } from './schema-file.ts'
import { collectParts, type SchemaParts } from './schema-parts.ts'

/** Return what is wrong with a value, as `pointer: message` without the value; undefined when valid. */
export type Validate = (value: Json | undefined) => string | undefined

/**
 * Compile a JSON Schema of 2020-12. It validates and never changes: no coercion, no defaults, no
 * removal, and it stops at the first error, so that the work is bounded. Undefined when Ajv's
 * strict mode finds faults, each of which is reported.
 *
 * @param base Pointer to the value in the event, such as `/data`
 */
export function compileSchema(
  schema: JsonSchema,
  base: string,
  report: ReportFault
): Validate | undefined {
  let refused = 0
  const parts = collectParts(schema, (pointer, message) => {
    refused += 1
    report(pointer, message)
  })
  const faults: string[] = []
  const note = (message: string) => void faults.push(message)
  // Its shape was checked with the file. Strict mode logs, so that one run finds every fault; a
  // `required` in a branch need not repeat the properties, as strictRequired would have it.
  const ajv = new Ajv2020({
    strict: 'log',
    strictRequired: false,
    allowUnionTypes: true,
    validateSchema: false,
    // Adding the meta-schema takes 2 ms of the start for each contract; only a reference needs it.
    meta: JSON.stringify(schema).includes('//json-schema.org/'),
    logger: { log: note, warn: note, error: note },
    code: { regExp: regExpOf(parts, base) }
  })
  addLinearKeywords(ajv)
  const isValid = tryCompile(() => ajv.compile(schema), note)
  for (const fault of new Set(faults)) report(placeOf(fault), worded(fault))
  if (!isValid || faults.length + refused > 0) return undefined
  return (value) => {
    if (value === undefined) return `${base}: is absent`
    if (isValid(value)) return undefined
    const error = isValid.errors?.[0]
    const path = shownPath(value, error?.instancePath ?? '', parts.names)
    return `${base}${path}: ${error?.message ?? 'is invalid'}`
  }
}

/** Make what Ajv compiles patterns with. Text that is too long fails the whole value, also in a `not`. */
function regExpOf({ patterns }: SchemaParts, base: string) {
  const regExp = (text: string) => {
    const known = patterns.get(text)
    const pattern = known ?? compilePattern(text)
    const most = known?.maxCharacters ?? maxPatternCharacters
    return {
      test(subject: string): boolean {
        if (subject.length <= most) return pattern.test(subject)
        const detail = `a text is longer than the ${most} characters that a pattern is matched with`
        throw new Failure('DATA_INVALID', `${base}: ${detail}; a larger maxLength allows more`)
      },
      // Ajv tells compiled patterns apart by this.
      toString: () => text
    }
  }
  return Object.assign(regExp, { code: 'pattern' })
}

/**
 * Show where a value stands by what the contract declares: a name that the sender made up may be
 * personal data, so it is a `*`.
 */
function shownPath(value: Json, path: string, names: ReadonlySet<string>): string {
  const tokens = parsePointer(path)
  const shown = tokens.map((token, at) =>
    names.has(token) || isList(resolve(value, tokens.slice(0, at))) ? token : '*'
  )
  return formatPointer(...shown)
}

function tryCompile<T>(compile: () => T, note: (message: string) => void): T | undefined {
  try {
    return compile()
  } catch (error) {
    note(error instanceof Error ? error.message : String(error))
    return undefined
  }
}

/** Ajv names the location in words: `… at "#/properties/id" (strictTypes)`. */
function placeOf(fault: string): string {
  return /"[^"#]*#(\/[^"]*)"/.exec(fault)?.[1] ?? ''
}

function worded(fault: string): string {
  return `${fault.replace(/^strict mode: /, '')}; expected JSON Schema 2020-12 in strict mode`
}
