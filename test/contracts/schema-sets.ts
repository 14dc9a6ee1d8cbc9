import { expect } from 'vitest'
import { checkContracts, compileContracts } from '../../src/contracts/compile.ts'
import type { Contracts } from '../../src/contracts/contracts.ts'
import { formatFault } from '../../src/contracts/fault.ts'
import type { SchemaFiles } from '../../src/contracts/schema-file.ts'
import type { Json } from '../../src/values/json.ts'

export type JsonObject = Readonly<Record<string, unknown>>

/** Files under schemas/ by name without `.json`, as objects or as text. */
export interface SchemaSet {
  readonly collections?: Readonly<Record<string, JsonObject | string>>
  readonly events?: Readonly<Record<string, JsonObject | string>>
}

/** A collection of things with a column of every kind of type. */
export const things: JsonObject = {
  name: 'things',
  kind: 'state',
  columns: {
    id: { type: 'STRING(8)' },
    text: { type: 'STRING(MAX)', required: true },
    count: { type: 'INT64' },
    price: { type: 'NUMERIC' },
    at: { type: 'TIMESTAMP' },
    done: { type: 'BOOL' },
    ratio: { type: 'FLOAT64' },
    extra: { type: 'JSON' },
    tags: { type: 'ARRAY<STRING(MAX)>' }
  },
  key: ['id'],
  version: { type: 'TIMESTAMP' }
}

export const thingLog: JsonObject = {
  name: 'thing_log',
  kind: 'log',
  columns: { id: { type: 'STRING(8)' }, text: { type: 'STRING(MAX)', required: true } },
  key: ['id']
}

export const thingCounts: JsonObject = {
  name: 'thing_counts',
  kind: 'counter',
  columns: { id: { type: 'STRING(8)' }, pieces: { type: 'INT64' }, sum: { type: 'NUMERIC' } },
  key: ['id']
}

export const thingData: JsonObject = {
  type: 'object',
  required: ['id', 'text'],
  properties: {
    id: { type: 'string' },
    text: { type: 'string' },
    count: { type: ['integer', 'string'] },
    price: { type: ['number', 'string'] },
    note: { type: ['string', 'null'] },
    flag: { type: 'boolean' },
    parts: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name'],
        properties: { name: { type: 'string' }, size: { type: 'integer' } }
      }
    },
    tags: { type: 'array', items: { type: 'string' } },
    open: { type: 'object' }
  }
}

export const thingExample: JsonObject = {
  specversion: '1.0',
  id: '1',
  source: '//test',
  type: 'thing.changed',
  time: '2026-11-01T10:00:00Z',
  tenant: 't-1',
  data: { id: 'a', text: 'b' }
}

export const thingUpsert: JsonObject = {
  collection: 'things',
  operation: 'upsert',
  version: '/time',
  set: { id: '/data/id', text: '/data/text' }
}

export const thingChanged: JsonObject = {
  type: 'thing.changed',
  data: thingData,
  writes: [thingUpsert],
  examples: [thingExample]
}

export const goodSet = {
  collections: { things, thing_log: thingLog, thing_counts: thingCounts },
  events: { changed: thingChanged }
} satisfies SchemaSet

/** Write a set as the files of a folder. */
function filesOf({ collections = {}, events = {} }: SchemaSet): SchemaFiles {
  const room = (name: string, files: Readonly<Record<string, JsonObject | string>>) =>
    Object.entries(files).map(([file, content]) => ({
      path: `${name}/${file}.json`,
      bytes: Buffer.from(typeof content === 'string' ? content : JSON.stringify(content))
    }))
  return { collections: room('collections', collections), events: room('events', events) }
}

/** List the lines that `landfall check` prints for a set. */
export function faultsOf(set: SchemaSet): readonly string[] {
  const outcome = checkContracts(filesOf(set))
  return 'faults' in outcome ? outcome.faults.map(formatFault) : []
}

/** Expect one line for each of `file#pointer: keyword`, in this order, with the keyword in it. */
export function expectFaults(set: SchemaSet, expected: readonly string[]): void {
  const lines = faultsOf(set)
  const found = lines.map((line, at) => {
    const [place = '', ...keyword] = (expected[at] ?? '').split(': ')
    const isExpected = line.startsWith(`${place}: `) && line.includes(keyword.join(': '))
    return isExpected ? expected[at] : line
  })
  expect(found).toEqual(expected)
}

/** Write the faults of named sets as a text for review. */
export function wordingOf(
  sets: readonly (readonly [name: string, set: SchemaSet, ...rest: unknown[]])[]
): string {
  return sets.map(([name, set]) => `${name}:\n  ${faultsOf(set).join('\n  ')}\n`).join('\n')
}

/** Compile a set that has no faults. */
export function compile(set: SchemaSet): Contracts {
  return compileContracts(filesOf(set))
}

/** Compile the good set with these writes instead of its own. */
export function withWrites(...writes: readonly Json[]): SchemaSet {
  return { ...goodSet, events: { changed: { ...thingChanged, writes } } }
}
