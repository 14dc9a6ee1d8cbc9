import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js'
import { Failure } from '../failures.ts'
import { parseJson } from '../values/json-parse.ts'
import { formatPointer } from '../values/json-pointer.ts'
import type { Fault } from './fault.ts'
import { isCollection, isEvent } from './file-schemas.ts'
import type { CollectionFile, EventFile, Parsed, SchemaFile } from './schema-file.ts'

type Outcome<T> = Parsed<T> | { readonly faults: readonly Fault[] }

/** Parse a file of schemas/collections, and check its shape against the schema editors use. */
export function parseCollection(file: SchemaFile): Outcome<CollectionFile> {
  return parseFile(file, isCollection)
}

/** Parse a file of schemas/events, and check its shape against the schema editors use. */
export function parseEvent(file: SchemaFile): Outcome<EventFile> {
  return parseFile(file, isEvent)
}

function parseFile<T>({ path, bytes }: SchemaFile, isValid: ValidateFunction<T>): Outcome<T> {
  try {
    const { value, inexact } = parseJson(bytes)
    if (isValid(value)) return { path, value, inexact }
    const faults = describeErrors(isValid.errors ?? []).map((fault) => ({ file: path, ...fault }))
    return { faults }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return { faults: [{ file: path, pointer: '', message: error.message }] }
  }
}

/** Describe the errors: one for each place, without those of the branches that an anyOf tried. */
function describeErrors(errors: readonly ErrorObject[]): readonly Omit<Fault, 'file'>[] {
  // Ajv reports what each branch said before it reports the anyOf itself.
  const isBranch = (error: ErrorObject, at: number) =>
    errors.some(
      (later, index) =>
        index > at && later.keyword === 'anyOf' && isWithin(error.instancePath, later.instancePath)
    )
  const faults = errors
    .filter((error, at) => !isBranch(error, at) && error.keyword !== 'propertyNames')
    .map((error) => ({ pointer: error.instancePath, message: wording(error) }))
  return faults.filter(
    (fault, at) =>
      faults.findIndex((f) => f.pointer === fault.pointer && f.message === fault.message) === at
  )
}

function isWithin(pointer: string, base: string): boolean {
  return pointer === base || pointer.startsWith(`${base}/`)
}

const wordings: Record<string, (error: ErrorObject) => string> = {
  additionalProperties: ({ params, parentSchema }) =>
    `unknown member "${params['additionalProperty']}"; expected one of ${names(parentSchema?.['properties'])}`,
  required: ({ params }) => `member "${params['missingProperty']}" is missing`,
  type: ({ params }) => `has the wrong type; expected ${[params['type']].flat().join(' or ')}`,
  enum: ({ params }) => `is unknown; expected one of ${params['allowedValues'].join(', ')}`,
  const: ({ params }) => `is unknown; expected ${params['allowedValue']}`,
  pattern: ({ params, propertyName }) =>
    `${propertyName === undefined ? 'is malformed' : `name "${propertyName}" is malformed`}; expected ${params['pattern']}`,
  anyOf: ({ parentSchema }) =>
    `does not fit; expected ${parentSchema?.['description'] ?? 'what JSON Schema 2020-12 allows here'}`,
  uniqueItems: () => 'has an element twice; expected each once'
}

function wording(error: ErrorObject): string {
  const word = wordings[error.keyword]
  return word ? word(error) : (error.message ?? `breaks ${formatPointer(error.keyword)}`)
}

function names(properties: unknown): string {
  return Object.keys(properties ?? {}).join(', ')
}
