import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { failures } from '../../src/failures.ts'
import { anchorsOf, linksOf, type Page, readPages } from './markdown.ts'
import { metrics, unknownCommands, unknownConstants, unknownMetrics } from './names.ts'
import { readSteps } from './walk-through.ts'

const pages = readPages()
/** The others are generated from the code. */
const written = pages.filter(({ file }) => !/docs\/(metrics|failures|environment)\.md$/.test(file))
const named = (list: readonly Page[]) => list.map((page) => [page.file, page] as const)

describe('what people read', () => {
  test.each(named(pages))('the links of %s have targets', (file, page) => {
    expect(linksOf(page).filter((link) => !leadsSomewhere(file, link))).toEqual([])
  })

  test.each(named(written))('the names in %s exist', (_file, page) => {
    expect(unknownMetrics(page)).toEqual([])
    expect(unknownConstants(page)).toEqual([])
    expect(unknownCommands(page)).toEqual([])
  })

  test('explains every metric of the service', () => {
    const text = readFileSync('docs/telemetry.md', 'utf8')
    const own = metrics.filter((name) => name.startsWith('landfall_'))
    expect(own.filter((name) => !text.includes(`\`${name}\``))).toEqual([])
  })
})

test('README.md shows a collection and a contract that pass landfall check', () => {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-readme-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const steps = readSteps(readFileSync('README.md', 'utf8'))
  const files = steps.flatMap((step) => (step.does === 'write' ? [step] : []))
  for (const { file, text } of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), text)
  }
  const { status, stdout } = spawnSync('npm', ['run', '--silent', 'landfall', '--', 'check'], {
    encoding: 'utf8',
    env: { ...process.env, SCHEMAS_DIR: folder }
  })
  expect(status, stdout).toBe(0)
  expect(stdout).toContain('1 collection and 1 event type')
})

describe('the runbook', () => {
  const text = readFileSync('docs/runbook.md', 'utf8')

  test('explains what to do about every failure that is retried', () => {
    const codes = Object.entries(failures).flatMap(([code, { action }]) =>
      action === 'retry' ? [code] : []
    )
    expect(codes.filter((code) => !text.includes(`\`${code}\``))).toEqual([])
  })
})

function leadsSomewhere(from: string, link: string): boolean {
  const [path = '', anchor] = link.split('#')
  const file = path === '' ? from : normalize(join(from, '..', path))
  if (anchor === undefined) return existsSync(file)
  const page = pages.find((candidate) => candidate.file === file)
  return page !== undefined && anchorsOf(page).has(anchor)
}
