import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createClient } from '@hey-api/openapi-ts'
import ts from 'typescript'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openApp } from '../open-app.ts'

/** The code of a consumer of the generated client. */
const consumer = `
import { createClient, createConfig } from './client/index.js'
import { deliver, getItems, listItems } from './sdk.gen.js'
import type { Items, Problem } from './types.gen.js'

export async function run(baseUrl: string) {
  const client = createClient(createConfig({ baseUrl }))
  for (const id of ['a', 'b', 'c']) {
    const { error } = await deliver({ client, body: {
      specversion: '1.0', id, source: '//example.com/shop', type: 'com.example.item.changed.v1',
      time: '2026-11-01T10:00:00Z', data: { id, value: 'red' }
    } })
    if (error) throw new Error(error.code)
  }
  const tried = await deliver({ client, query: { dryRun: true }, body: {
    specversion: '1.0', id: 'd', source: '//example.com/shop', type: 'com.example.item.deleted.v1',
    time: '2026-11-01T11:00:00Z', data: { id: 'a' }
  } })

  const pages: Items[][] = []
  let cursor: string | undefined
  do {
    const { data, response } = await listItems({
      client, query: { value: 'red', limit: 2, ...(cursor !== undefined && { cursor }) }
    })
    pages.push(data ?? [])
    const next = /^<([^>]+)>; rel="next"$/.exec(response?.headers.get('link') ?? '')?.[1]
    cursor = next && (new URL(next, baseUrl).searchParams.get('cursor') ?? undefined)
  } while (cursor)

  const one = await getItems({ client, path: { id: 'a' } })
  const value: string | null | undefined = one.data?.value
  const none = await getItems({ client, path: { id: 'none' } })
  const problem: Problem | undefined = none.error
  return { pages, value, code: problem?.code, status: none.response?.status, tried: tried.data }
}
`

const strict: ts.CompilerOptions = {
  strict: true,
  noUncheckedIndexedAccess: true,
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  types: []
}

let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'landfall-client-'))
  await createClient({
    input: resolve('docs/openapi.json'),
    output: { path: folder },
    plugins: ['@hey-api/typescript', '@hey-api/sdk', '@hey-api/client-fetch'],
    logs: { level: 'silent' }
  })
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
})

afterAll(() => rm(folder, { recursive: true, force: true }))

/** Compile a file beside the client, and return the output of the compiler. */
async function compile(name: string, text: string): Promise<readonly string[]> {
  const path = join(folder, `${name}.ts`)
  await writeFile(path, text)
  const program = ts.createProgram([path], strict)
  const diagnostics = [...ts.getPreEmitDiagnostics(program), ...program.emit().diagnostics]
  return diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
}

test('a client generated from the document compiles, and works against the service', async () => {
  expect(await compile('consumer', consumer)).toEqual([])
  const { app } = await openApp()
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  const { run } = await import(pathToFileURL(join(folder, 'consumer.js')).href)
  expect(await run(url)).toEqual({
    pages: [
      [
        { id: 'a', value: 'red' },
        { id: 'b', value: 'red' }
      ],
      [{ id: 'c', value: 'red' }]
    ],
    value: 'red',
    code: 'ROW_NOT_FOUND',
    status: 404,
    tried: expect.objectContaining({ dryRun: true, verdict: 'applied' })
  })
})

test('a client that uses unknown columns, filters or keys does not compile', async () => {
  const mistakes = `import { getItems, listItems } from './sdk.gen.js'
export const column = getItems({ path: { id: 'a' } }).then(({ data }) => data?.color)
export const filter = listItems({ query: { color: 'red' } })
export const limit = listItems({ query: { limit: '2' } })
export const key = getItems({ path: {} })
`
  expect(await compile('mistakes', mistakes)).toHaveLength(4)
})
