import { readFile } from 'node:fs/promises'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { describe, expect, test } from 'vitest'
import type { AccessModes } from '../../../src/http/openapi/access.ts'
import { openApiDocument } from '../../../src/http/openapi/document.ts'
import { readContracts } from '../../../src/read-schemas.ts'
import type { Json } from '../../../src/values/json.ts'
import { isObject, type JsonObject } from '../../../src/values/json.ts'
import { openApp } from '../open-app.ts'
import { createValidator } from './document-validator.ts'

const contracts = await readContracts('schemas')

const strict: AccessModes = { push: 'oidc', read: 'api-key' }
const accesses: readonly AccessModes[] = [
  strict,
  { push: 'none', read: 'none' },
  { push: 'cloud-run', read: 'cloud-run' }
]

function documentOf(access: AccessModes): JsonObject {
  return openApiDocument(contracts, { version: '1.2.3', access })
}

const openApi = documentOf(strict)

describe('the OpenAPI document', () => {
  test.each(accesses)('is valid by the schema of OpenAPI 3.1 with %j', async (access) => {
    const result = await new Validator().validate(structuredClone(documentOf(access)))
    expect(result).toEqual({ valid: true })
  })

  test('has schemas that a strict validator of JSON Schema 2020-12 compiles', () => {
    const { schemas } = openApi['components'] as { readonly schemas: JsonObject }
    const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true })
    addFormats.default(ajv)
    ajv.addSchema({ $id: 'https://landfall.example/all', $defs: relocated(schemas) })
    for (const name of Object.keys(schemas)) {
      expect(ajv.getSchema(`https://landfall.example/all#/$defs/${name}`), name).toBeDefined()
    }
  })

  test('has only examples that are valid', () => {
    const validator = createValidator(openApi)
    const found = [...mediaTypes(openApi, '')]
    expect(found.length).toBeGreaterThan(10)
    for (const pointer of found) {
      for (const name of Object.keys(validator.at(`${pointer}/examples`))) {
        const { value } = validator.at(`${pointer}/examples/${name.replaceAll('/', '~1')}`)
        expect(validator.faults(`${pointer}/schema`, value ?? null), `${pointer} ${name}`).toEqual(
          []
        )
      }
    }
  })

  test('has a unique name for every operation', () => {
    const ids = operations(openApi).map(([, operation]) => operation['operationId'])
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('requires the authentication of the settings', () => {
    const [open] = accesses.slice(1).map((access) => documentOf(access))
    expect(open?.['components']).not.toHaveProperty('securitySchemes')
    const listed = createValidator(openApi).at('/paths/~1api~1v1~1data/get')
    expect(listed['security']).toEqual([{ apiKey: [] }, { apiKeyAsBearer: [] }])
    expect(Object.keys(listed['responses'] ?? {})).toEqual(expect.arrayContaining(['401', '429']))
  })

  test('is the committed copy, except for its version', async () => {
    const copy = JSON.parse(await readFile('docs/openapi.json', 'utf8'))
    const manifest = JSON.parse(await readFile('package.json', 'utf8'))
    expect(copy).toEqual(openApiDocument(contracts, { version: manifest.version, access: strict }))
  })
})

test('every route of the service is in the document, and the reverse', async () => {
  const { app } = await openApp()
  const routes: string[] = []
  app.addHook('onRoute', ({ method, url }) => {
    routes.push(...[method].flat().map((one) => `${one} ${url.replace(/\/:[^/]+$/, '/*')}`))
  })
  await app.ready()
  const described = operations(openApi).map(([method, , path]) => {
    return `${method.toUpperCase()} ${path.replace(/(\/\{[^}]+\})+$/, '/*')}`
  })
  const headless = routes.filter((route) => !route.startsWith('HEAD '))
  expect(headless.sort()).toEqual(described.sort())
  const heads = routes.filter((route) => route.startsWith('HEAD ')).sort()
  const gets = described.filter((route) => route.startsWith('GET '))
  expect(heads).toEqual(gets.map((route) => route.replace('GET', 'HEAD')))
})

function operations(of: JsonObject): readonly (readonly [string, JsonObject, string])[] {
  const paths = of['paths'] as Readonly<Record<string, Readonly<Record<string, JsonObject>>>>
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => [method, operation, path] as const)
  )
}

/** Pointers to everything that has a schema and examples. */
function* mediaTypes(node: Json, pointer: string): Generator<string> {
  if (isObject(node) && isObject(node['schema']) && isObject(node['examples'])) yield pointer
  if (typeof node !== 'object' || node === null) return
  for (const [name, child] of Object.entries(node)) {
    yield* mediaTypes(child, `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`)
  }
}

/** The schemas alone, as definitions of one schema. */
function relocated(schemas: JsonObject): Json {
  const text = JSON.stringify(schemas)
  return JSON.parse(text.replaceAll('#/components/schemas/', '#/$defs/'))
}
