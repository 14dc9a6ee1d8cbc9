import { mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { isBuiltin, SourceMap } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { bundle } from '../../build/bundle.ts'
import { editModule, edits, pruneJson } from '../../build/dependency-edits.ts'

const folder = mkdtempSync(join(tmpdir(), 'landfall-bundle-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const { inputs, outputs } = await bundle(folder)
const bundled = Object.keys(inputs)
const from = (start: string) => bundled.filter((path) => path.startsWith(start))

describe('the bundle', () => {
  test('has the service and the clients that it may use', () => {
    expect(bundled).toContain('src/main.ts')
    for (const name of ['@google-cloud/spanner', '@google-cloud/secret-manager', 'pino-pretty']) {
      expect(from(`node_modules/${name}/`).length).toBeGreaterThan(0)
    }
  })

  test.each(['bin', 'dev', 'src/cli', 'src/dead-letters', 'src/import', 'src/pull'])(
    'contains no code of %s',
    (room) => expect(from(`${room}/`)).toEqual([])
  )

  test.each(['@google-cloud/pubsub', '@google-cloud/pubsub-api', '@google-cloud/monitoring'])(
    'contains no code of %s',
    (name) => expect(from(`node_modules/${name}/`)).toEqual([])
  )

  test('loads only modules of Node', () => {
    const imports = Object.values(outputs).flatMap((output) => output.imports)
    expect(imports.length).toBeGreaterThan(20)
    expect(imports.map(({ path }) => path).filter((path) => !isBuiltin(path))).toEqual([])
  })

  test('is ASCII, because the launcher reads it as Latin-1', async () => {
    const bytes = await readFile(join(folder, 'service.js'))
    expect(bytes.every((byte) => byte < 128)).toBe(true)
  })

  test('has a source map of the service alone', async () => {
    const { sources } = JSON.parse(await readFile(join(folder, 'service.js.map'), 'utf8'))
    const named = sources.filter((source: string) => source !== '')
    expect(named.length).toBeGreaterThan(100)
    for (const source of named) expect(source).toMatch(/\/(package\.json|(src|schemas)\/[\w/.-]+)$/)
  })
})

test.each([
  ['async function start()', '../src/main.ts'],
  ['function createCommitter(', '../src/commit/committer.ts'],
  ['function fastify(', undefined],
  ['function prettyFactory(', undefined]
])('%s comes from %s in the source map', async (text, source) => {
  const lines = (await readFile(join(folder, 'service.js'), 'utf8')).split('\n')
  const line = lines.findIndex((each) => each.includes(text))
  const column = lines[line]?.indexOf(text) ?? 0
  const map = new SourceMap(JSON.parse(await readFile(join(folder, 'service.js.map'), 'utf8')))
  const entry = map.findEntry(line, column)
  const found = 'originalSource' in entry ? entry.originalSource : undefined
  expect(line).toBeGreaterThan(0)
  expect(found?.replace(/^.*(?=\/src\/)/, '..')).toBe(source)
})

describe('an edit of a dependency', () => {
  test.each(edits)('fails where $file has changed', ({ file }) => {
    expect(() => editModule(`/x/${file}`, '')).toThrow('0 occurrences')
  })

  test('does not change other modules', () => {
    expect(editModule('/x/node_modules/y/index.js', 'text')).toBe('text')
    expect(pruneJson('/x/node_modules/y/package.json', {})).toEqual({})
  })

  test('fails where the protocol of Spanner has moved', () => {
    const path = '/x/node_modules/@google-cloud/spanner-api/build/protos/protos.json'
    expect(() => pruneJson(path, {})).toThrow('no spanner')
  })
})
