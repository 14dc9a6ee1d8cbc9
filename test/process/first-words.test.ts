import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'

/** Run a program without credentials, and without a metadata server that would give some. */
function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: {
      PATH: process.env['PATH'],
      HOME: '/nonexistent',
      METADATA_SERVER_DETECTION: 'none',
      PORT: '0',
      ...env
    }
  })
}

const database = { SPANNER_DATABASE: 'projects/p/instances/i/databases/d' }

test.each([
  ['the service', 1, ['src/main.ts']],
  ['schema apply', 1, ['bin/landfall.js', 'schema', 'apply']],
  // 1 would say that there are differences.
  ['schema diff', 3, ['bin/landfall.js', 'schema', 'diff']],
  ['dead-letters list', 1, ['bin/landfall.js', 'dead-letters', 'list']],
  ['drain', 1, ['bin/landfall.js', 'drain', 'projects/p/subscriptions/s']]
] as const)('%s says in one line that there are no credentials', (_, code, args) => {
  const { status, stderr, stdout } = run(args, database)
  expect(stderr).toMatch(/^landfall: STORE_MISCONFIGURED: There are no credentials .*\n$/)
  expect({ status, stdout }).toEqual({ status: code, stdout: '' })
})

/** Pretends to be an older Node, to what is imported after it. */
function olderNode(): string {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'older.mjs')
  const versions = "{ ...process.versions, node: '20.1.0' }"
  writeFileSync(file, `Object.defineProperty(process, 'versions', { value: ${versions} })\n`)
  return file
}

describe('on a Node that is too old', () => {
  test.each([
    ['the service', ['--import', './bin/node-version.js', 'src/main.ts']],
    ['a command', ['bin/landfall.js', 'check']]
  ])('%s says in one line what is needed', (_, args) => {
    const { status, stderr } = run(['--import', olderNode(), ...args])
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'landfall: needs Node 24, and this is 20.1.0\n'
    })
  })
})
