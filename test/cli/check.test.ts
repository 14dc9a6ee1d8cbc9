import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { generateSpannerSql } from '../../build/spanner-sql.ts'
import { readContracts } from '../../src/read-schemas.ts'
import { run as runCommand } from './run-command.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'landfall-check-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

function write(path: string, content: unknown): void {
  mkdirSync(join(dir, path, '..'), { recursive: true })
  writeFileSync(join(dir, path), JSON.stringify(content))
}

const run = (args: readonly string[], env: Record<string, string> = {}) =>
  runCommand('check', args, env)

const notes = {
  name: 'notes',
  kind: 'log',
  columns: { id: { type: 'STRING(8)' } },
  key: ['id']
}

test('the schemas that ship with the product are valid', async () => {
  expect(await run([])).toEqual({
    code: 0,
    out: ['schemas: 7 collections and 9 event types are valid'],
    errors: []
  })
})

test('every fault of every file is one line, and the exit code is 1', async () => {
  write('collections/notes.json', { ...notes, key: ['nr'] })
  write('events/a.json', {
    type: 'a',
    writes: [{ collection: 'nots', operation: 'append', set: {} }]
  })
  write('events/README.md', 'not a schema')
  expect(await run([dir])).toEqual({
    code: 1,
    out: [],
    errors: [
      `${dir}/collections/notes.json#/key/0: there is no column "nr"; expected one of id`,
      `${dir}/events/a.json#/writes/0/collection: there is no collection "nots"; expected one that a file describes`,
      `${dir}: 2 faults`
    ]
  })
})

test('the folder is the argument, or SCHEMAS_DIR', async () => {
  write('collections/notes.json', notes)
  const out = [`${dir}: 1 collection and 0 event types are valid`]
  expect(await run([dir], { SCHEMAS_DIR: 'nowhere' })).toMatchObject({ code: 0, out })
  expect(await run([], { SCHEMAS_DIR: dir })).toMatchObject({ code: 0, out })
})

test('a folder that is missing or empty is refused in one line', async () => {
  await expect(run([join(dir, 'none')])).rejects.toThrow(`${dir}/none: cannot be read as a folder`)
  await expect(run([dir])).rejects.toThrow(`${dir}: has no collections/*.json and no events/*.json`)
})

test('an invalid schema file stops the start with every fault on a line', async () => {
  write('collections/notes.json', { ...notes, kind: 'table', key: 'id' })
  await expect(readContracts(dir)).rejects.toMatchObject({
    code: 'SCHEMAS_INVALID',
    message: [
      `${dir}/collections/notes.json#/kind: is unknown; expected one of state, log, counter`,
      `${dir}/collections/notes.json#/key: has the wrong type; expected array`
    ].join('\n')
  })
})

test('two folders are too many', async () => {
  await expect(run(['a', 'b'])).rejects.toThrow("too many arguments for 'check'")
})

test('the generated SQL has every table and index, one statement each', async () => {
  const contracts = await readContracts('schemas')
  const sql = generateSpannerSql(contracts)
  const made = [...sql.matchAll(/^CREATE (?:TABLE|INDEX) `(\w+)`/gm)].map(([, name]) => name)
  expect(made).toEqual(
    contracts.tables.flatMap(({ name, indexes }) => [name, ...indexes.map((index) => index.name)])
  )
  expect(sql.match(/;$/gm)).toHaveLength(made.length)
})
