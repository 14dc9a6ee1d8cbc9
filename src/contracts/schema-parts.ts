import { isObject, type Json } from '../values/json.ts'
import { formatPointer } from '../values/json-pointer.ts'
import type { ReportFault } from './fault.ts'
import { compilePattern, maxPatternCharacters, type Pattern } from './pattern.ts'
import type { JsonSchema } from './schema-file.ts'

/** What a data schema has in all its parts. */
export interface SchemaParts {
  /** By their text. */
  readonly patterns: ReadonlyMap<string, Pattern & { readonly maxCharacters: number }>
  /** Members that it declares. */
  readonly names: ReadonlySet<string>
}

/** Keywords whose value is data, even if it looks like a schema. */
const values: ReadonlySet<string> = new Set(['const', 'enum', 'default', 'examples'])
/** Keywords whose value has schemas by name. */
const named: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  '$defs',
  'definitions',
  'dependentSchemas'
])

/** Collect the patterns and the names of a schema; a pattern that cannot be used is reported. */
export function collectParts(schema: JsonSchema, report: ReportFault): SchemaParts {
  const patterns = new Map<string, Pattern & { readonly maxCharacters: number }>()
  const names = new Set<string>()

  function addPattern(text: string, maxLength: Json | undefined, pointer: string): void {
    const own = typeof maxLength === 'number' ? maxLength : 0
    const before = patterns.get(text)?.maxCharacters ?? maxPatternCharacters
    try {
      const { test } = patterns.get(text) ?? compilePattern(text)
      patterns.set(text, { test, maxCharacters: Math.max(own, before) })
    } catch (error) {
      report(pointer, error instanceof Error ? error.message : String(error))
      patterns.set(text, { test: () => false, maxCharacters: before })
    }
  }

  function visitNamed(keyword: string, members: Json, pointer: string): void {
    if (!isObject(members)) return
    for (const [name, member] of Object.entries(members)) {
      const at = pointer + formatPointer(name)
      if (keyword === 'properties') names.add(name)
      if (keyword === 'patternProperties') addPattern(name, undefined, at)
      visit(member, at)
    }
  }

  function visitKeyword(keyword: string, value: Json, pointer: string): void {
    if (named.has(keyword)) visitNamed(keyword, value, pointer)
    else if (!values.has(keyword)) visit(value, pointer)
  }

  function visit(part: Json, pointer: string): void {
    if (typeof part !== 'object' || part === null) return
    const { pattern, maxLength } = isObject(part) ? part : {}
    if (typeof pattern === 'string') addPattern(pattern, maxLength, `${pointer}/pattern`)
    for (const [keyword, value] of Object.entries(part)) {
      visitKeyword(keyword, value, pointer + formatPointer(keyword))
    }
  }

  visit(schema, '')
  return { patterns, names }
}
