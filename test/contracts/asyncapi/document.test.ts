import { readFile } from 'node:fs/promises'
import { Parser } from '@asyncapi/parser'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { describe, expect, test } from 'vitest'
import { asyncApiDocument } from '../../../src/contracts/asyncapi/document.ts'
import type { Contracts } from '../../../src/contracts/contracts.ts'
import { readContracts } from '../../../src/read-schemas.ts'
import type { Json } from '../../../src/values/json.ts'
import { isObject, type JsonObject } from '../../../src/values/json.ts'
import { parsePointer, resolve } from '../../../src/values/json-pointer.ts'
import { compile, type JsonObject as File, things } from '../schema-sets.ts'

const shipped = await readContracts('schemas')
const published = 'google.cloud.pubsub.topic.v1.messagePublished'

const message: File = {
  type: published,
  description: 'A thing was said.',
  match: { subscription: 'projects/my-project/subscriptions/things' },
  payload: 'message',
  data: {
    type: 'object',
    required: ['id', 'text'],
    properties: { id: { $ref: '#/$defs/id' }, text: { type: 'string' } },
    $defs: { id: { type: 'string', maxLength: 8 } }
  },
  attributes: {
    type: 'object',
    properties: { lang: { $ref: '#/$defs/l' } },
    $defs: { l: { type: 'string' } }
  },
  writes: [
    {
      collection: 'things',
      operation: 'merge',
      version: '/time',
      set: { id: '/data/id', text: '/data/text' }
    }
  ],
  examples: [
    {
      specversion: '1.0',
      id: '1',
      source: '//pubsub.googleapis.com/projects/my-project/subscriptions/things',
      type: published,
      time: '2026-11-01T10:00:00Z',
      data: {
        message: {
          data: Buffer.from('{"id":"a","text":"b"}').toString('base64'),
          attributes: { lang: 'en' },
          messageId: '1'
        },
        subscription: 'projects/my-project/subscriptions/things'
      }
    }
  ]
}

const other = { ...message, match: { topic: 'things' }, examples: [] }
const dropped = { type: 'a/b c', writes: [] }
const messages = compile({
  collections: { things },
  events: { message, other, dropped }
})

function documentOf(contracts: Contracts): JsonObject {
  return asyncApiDocument(contracts, { version: '1.2.3', address: '/events' })
}

const cases: readonly [string, Contracts][] = [
  ['the shipped contracts', shipped],
  ['contracts for plain messages', messages],
  ['no contract at all', { ...messages, events: [] }]
]

describe.each(cases)('the AsyncAPI document of %s', (_name, contracts) => {
  const document = documentOf(contracts)
  const valid = ajvOf(document)

  test('is valid by the parser of the specification', async () => {
    expect(await parserFaults(document)).toEqual([])
  })

  test('has only examples that are valid, and every example of the contracts', () => {
    const payloads: Json[] = []
    for (const [name, one] of Object.entries(messagesOf(document))) {
      for (const example of listOf(one['examples'])) {
        payloads.push(example['payload'] ?? null)
        for (const part of ['headers', 'payload']) {
          if (example[part] === undefined || one[part] === undefined) continue
          const faults = valid(`/components/messages/${name}/${part}`, example[part])
          expect(faults, `${name} ${part}`).toEqual([])
        }
      }
    }
    for (const example of contracts.events.flatMap(({ examples = [] }) => examples)) {
      if (example.type !== published) expect(payloads).toContainEqual(example)
    }
  })
})

test('the parser notices a document that breaks the specification', async () => {
  const { info: _, ...broken } = documentOf(shipped)
  expect(await parserFaults(broken)).not.toEqual([])
})

describe('the AsyncAPI document', () => {
  const { channels } = documentOf(messages) as { readonly channels: JsonObject }

  test('offers plain messages over Pub/Sub only, and each contract under a name of its own', () => {
    expect(namesIn(channels['http'])).toEqual(['a_b_c.structured', 'a_b_c.binary'])
    expect(namesIn(channels['topic'])).toEqual([
      'a_b_c.structured',
      'a_b_c.binary',
      `${published}.things`,
      `${published}.things_2`
    ])
  })

  test('shows a message as its publisher sends it', () => {
    const shown = messagesOf(documentOf(messages))[`${published}.things`]
    expect(shown).toMatchObject({
      description: `It changes a row of things. Only from projects/my-project/subscriptions/things.`,
      examples: [{ headers: { lang: 'en' }, payload: { id: 'a', text: 'b' } }]
    })
  })

  test('requires a time when the version of a row is the time', () => {
    const valid = ajvOf(documentOf(shipped))
    const event = shipped.events.find(({ type }) => type === 'com.example.item.changed.v1')
    const { time, ...timeless } = event?.examples?.[0] ?? { time: '' }
    expect(time).not.toBe('')
    const payload = '/components/messages/com.example.item.changed.v1.structured/payload'
    expect(valid(payload, timeless as Json)).toEqual([" must have required property 'time'"])
  })

  test('is the committed copy', async () => {
    const copy = JSON.parse(await readFile('docs/asyncapi.json', 'utf8'))
    const manifest = JSON.parse(await readFile('package.json', 'utf8'))
    expect(copy).toEqual(
      asyncApiDocument(shipped, { version: manifest.version, address: '/events' })
    )
  })
})

/** The diagnostics of the parser, except its advice to use a later version. */
async function parserFaults(document: JsonObject): Promise<readonly string[]> {
  const { diagnostics } = await new Parser().parse(JSON.stringify(document))
  return diagnostics
    .filter(({ code }) => code !== 'asyncapi-latest-version')
    .map(({ message, path }) => `${path.join('/')} ${message}`)
}

/** Validate against the schema at a pointer, which may be in a Multi Format Schema Object. */
function ajvOf(document: JsonObject) {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addSchema({ ...document, $id: 'https://landfall.example/asyncapi.json' })
  return (pointer: string, value: Json): readonly string[] => {
    const found = resolve(document, parsePointer(pointer))
    const reference = isObject(found) ? found['$ref'] : undefined
    const place = typeof reference === 'string' ? reference.slice(1) : pointer
    const $ref = `https://landfall.example/asyncapi.json#${place}/schema`
    const validate = ajv.getSchema($ref) ?? ajv.compile({ $ref })
    validate(value)
    return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`)
  }
}

function messagesOf(document: JsonObject): Readonly<Record<string, JsonObject>> {
  return (document['components'] as { readonly messages: Record<string, JsonObject> }).messages
}

function namesIn(channel: Json | undefined): readonly string[] {
  return Object.keys((channel as { readonly messages: JsonObject }).messages)
}

function listOf(examples: Json | undefined): readonly JsonObject[] {
  return (examples ?? []) as readonly JsonObject[]
}
