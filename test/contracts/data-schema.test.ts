import addFormats from 'ajv-formats'
import { describe, expect, test } from 'vitest'
import { compileSchema } from '../../src/contracts/data-schema.ts'
import type { JsonSchema } from '../../src/contracts/schema-file.ts'
import type { Json } from '../../src/values/json.ts'

function faultsOf(schema: JsonSchema): readonly string[] {
  const faults: string[] = []
  compileSchema(schema, '/data', (pointer, message) => void faults.push(`${pointer}: ${message}`))
  return faults
}

function validate(schema: JsonSchema, value: Json): string | undefined {
  const faults: string[] = []
  const compiled = compileSchema(schema, '/data', (_, message) => void faults.push(message))
  if (!compiled) throw new Error(faults.join())
  return compiled(value)
}

const text = (more: JsonSchema) => ({ type: 'string', ...Object(more) }) as JsonSchema

describe('the pattern of a contract', () => {
  test('is matched in linear time, as a pattern of text and of names', () => {
    const long = `${'a'.repeat(60_000)}!`
    const nested = '^(([a-z])+)*$'
    expect(validate(text({ pattern: nested }), long)).toMatch(/must match pattern/)
    const named = {
      type: 'object',
      patternProperties: { [nested]: { type: 'string' } },
      additionalProperties: false
    }
    expect(validate(named, { [long]: '' })).toBe('/data: must NOT have additional properties')
  })

  test.each([
    [
      'a lookahead',
      { type: 'object', properties: { a: text({ pattern: 'a(?=b)' }) } },
      '/properties/a/pattern: looks ahead'
    ],
    [
      'a back reference',
      { $defs: { 'a/b': text({ pattern: '(a)\\1' }) } },
      '/$defs/a~1b/pattern: has a back reference'
    ],
    [
      'a lookbehind for names',
      { type: 'object', patternProperties: { '(?<!a)b': true } },
      '/patternProperties/(?<!a)b: looks'
    ],
    [
      'text that is not a pattern',
      { anyOf: [text({ pattern: '(' })] },
      '/anyOf/0/pattern: Invalid regular expression'
    ]
  ])('is refused with %s, and the fault says where', (_, schema, fault) => {
    expect(faultsOf(schema as JsonSchema)).toEqual([expect.stringContaining(fault)])
  })

  test('is not looked for in values and in the names of properties', () => {
    const schema = {
      type: 'object',
      properties: { pattern: text({}), const: text({ pattern: '^a$' }) },
      default: { pattern: '(' }
    }
    expect(faultsOf(schema as JsonSchema)).toEqual([])
    expect(validate(schema as JsonSchema, { const: 'b' })).toMatch(/^\/data\/const: must match/)
  })

  test('sees 65,536 characters unless maxLength allows more, also where it must not match', () => {
    const long = 'a'.repeat(65_537)
    const refused = expect.objectContaining({
      code: 'DATA_INVALID',
      message: expect.stringContaining('maxLength')
    })
    expect(validate(text({ pattern: '^a+$' }), 'a'.repeat(65_536))).toBe(undefined)
    expect(() => validate(text({ pattern: '^a+$' }), long)).toThrow(refused)
    expect(() => validate({ not: text({ pattern: '^a+$' }) }, long)).toThrow(refused)
    expect(validate(text({ pattern: '^a+$', maxLength: 70_000 }), long)).toBe(undefined)
  })
})

test('the format url is decided in linear time, and as ajv-formats decides it', () => {
  const theirs = addFormats.default.get('url')
  const format = text({ format: 'url' })
  const urls = [
    'http://example.com',
    'https://a.b-c.example/x?y#z',
    'ftp://u:p@example.com:8080/',
    'http://10.0.0.1',
    'http://10.0.0.1.com'
  ]
  const others = [
    'http://127.0.0.1/x',
    'http://192.168.1.1',
    'http://172.16.0.1',
    'http://172.32.0.1',
    'http://8.8.8.8:53/',
    'http://a',
    'http://münchen.de',
    'HTTP://EXAMPLE.COM',
    'mailto:a@b.c',
    'http://exa mple.com',
    'http://-a.com',
    'http://a--b.com',
    ''
  ]
  for (const url of [...urls, ...others]) {
    expect([url, validate(format, url) === undefined]).toEqual([
      url,
      theirs instanceof RegExp && theirs.test(url)
    ])
  }
  expect(validate(format, `http://${'::'.repeat(30_000)}`)).toMatch(/must match format/)
})

test('uniqueItems compares elements by value, in linear time', () => {
  const schema = { type: 'array', uniqueItems: true } as JsonSchema
  expect(validate(schema, [1, '1', null, 'null', [1], { a: 1, b: [2] }, { a: 1, b: 2 }])).toBe(
    undefined
  )
  expect(validate(schema, [{ a: 1, b: [2] }, 0, { b: [2], a: 1 }])).toBe(
    '/data: must NOT have duplicate items'
  )
  expect(
    validate(
      schema,
      Array.from({ length: 100_000 }, (_, id) => ({ id }))
    )
  ).toBe(undefined)
  expect(validate({ type: 'array', uniqueItems: false }, [1, 1])).toBe(undefined)
})

test('a fault names what the contract declares, and a * for what the sender made up', () => {
  const schema = {
    type: 'object',
    properties: {
      tags: {
        type: 'object',
        additionalProperties: { type: 'object', properties: { n: { type: 'integer' } } }
      },
      list: {
        type: 'array',
        items: { type: 'object', patternProperties: { '^x': { type: 'string' } } }
      },
      named: { type: 'object', propertyNames: { maxLength: 3 } }
    }
  } as JsonSchema
  expect(validate(schema, { tags: { 'ada@example.com': { n: 'x' } } })).toBe(
    '/data/tags/*/n: must be integer'
  )
  expect(validate(schema, { tags: { '7': 1 } })).toBe('/data/tags/*: must be object')
  expect(validate(schema, { list: [{}, { 'x/ada': 1 }] })).toBe('/data/list/1/*: must be string')
  expect(validate(schema, { named: { ada_lovelace: 1 } })).not.toContain('ada')
})
