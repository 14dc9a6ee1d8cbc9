import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import type { Json } from '../../../src/values/json.ts'
import { isObject, type JsonObject } from '../../../src/values/json.ts'
import { formatPointer, parsePointer, resolve } from '../../../src/values/json-pointer.ts'

/** Judges with the schemas of one OpenAPI document, by JSON Schema 2020-12. */
export interface DocumentValidator {
  readonly document: JsonObject
  /** Follow a pointer, and the reference that may be there. */
  at(pointer: string): JsonObject
  /** List the faults of a value by the schema at a pointer. */
  faults(pointer: string, value: Json): readonly string[]
  /** List where an answer differs from the description of this operation. */
  answerFaults(path: string, method: string, answer: LightMyRequestResponse): readonly string[]
}

/** Load the document that an app serves. */
export async function validatorOf(app: FastifyInstance): Promise<DocumentValidator> {
  return createValidator((await app.inject('/openapi.json')).json())
}

export function createValidator(document: JsonObject): DocumentValidator {
  // The document as a whole is not a schema; the targets of pointers are.
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addSchema({ ...document, $id: 'https://landfall.example/openapi.json' })
  const compiled = new Map<string, ValidateFunction>()

  function follow(pointer: string): string {
    const found = resolve(document, parsePointer(pointer))
    const reference = isObject(found) ? found['$ref'] : undefined
    return typeof reference === 'string' ? follow(reference.slice(1)) : pointer
  }

  function at(pointer: string): JsonObject {
    const found = resolve(document, parsePointer(follow(pointer)))
    return isObject(found) ? found : {}
  }

  function faults(pointer: string, value: Json): readonly string[] {
    const schema = { $ref: `https://landfall.example/openapi.json#${encodeURI(pointer)}` }
    const validate = compiled.get(pointer) ?? ajv.compile(schema)
    compiled.set(pointer, validate)
    if (validate(value)) return []
    return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`)
  }

  function headerFaults(response: string, headers: LightMyRequestResponse['headers']) {
    return Object.keys(at(`${response}/headers`)).flatMap((name) => {
      const pointer = follow(`${response}/headers${formatPointer(name)}`)
      const value = headers[name.toLowerCase()]
      if (value !== undefined) return faults(`${pointer}/schema`, String(value))
      return at(pointer)['required'] === true ? [`${name} is absent`] : []
    })
  }

  function answerFaults(path: string, method: string, answer: LightMyRequestResponse) {
    const { statusCode, headers, body } = answer
    const response = follow(formatPointer('paths', path, method, 'responses', statusCode))
    if (!resolve(document, parsePointer(response))) return [`${statusCode} is not described`]
    const content = at(`${response}/content`)
    const type = String(headers['content-type'] ?? '').split(';')[0] ?? ''
    const wrong = headerFaults(response, headers)
    if (Object.keys(content).length === 0) return body === '' ? wrong : [...wrong, 'has a body']
    if (!content[type]) return [...wrong, `${type} is not described`]
    const value = type.endsWith('json') ? JSON.parse(body) : body
    const schema = `${response}/content${formatPointer(type)}/schema`
    return [...wrong, ...faults(schema, value)].map((fault) => `${statusCode} ${fault}`)
  }

  return { document, at, faults, answerFaults }
}
