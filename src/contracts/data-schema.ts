import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { Json } from '../values/json.ts'
import type { ReportFault } from './fault.ts'
import type { JsonSchema } from './schema-file.ts'

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
    logger: { log: note, warn: note, error: note }
  })
  addFormats.default(ajv)
  const isValid = tryCompile(() => ajv.compile(schema), note)
  for (const fault of new Set(faults)) report(placeOf(fault), worded(fault))
  if (!isValid || faults.length > 0) return undefined
  return (value) => {
    if (value === undefined) return `${base}: is absent`
    if (isValid(value)) return undefined
    const error = isValid.errors?.[0]
    return `${base}${error?.instancePath ?? ''}: ${error?.message ?? 'is invalid'}`
  }
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
