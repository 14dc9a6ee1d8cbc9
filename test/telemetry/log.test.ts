import { openSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Failure } from '../../src/failures.ts'
import { createLog } from '../../src/telemetry/log.ts'
import { prettyOutput } from '../../src/telemetry/pretty.ts'

function logged(options: { service?: string; revision?: string } = {}) {
  const entries: Record<string, unknown>[] = []
  const destination = { write: (line: string) => void entries.push(JSON.parse(line)) }
  return { log: createLog('trace', { ...options, destination }), entries }
}

describe('a log entry', () => {
  test('has the severity that Cloud Logging knows', () => {
    const { log, entries } = logged()
    for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const)
      log[level](level)
    expect(entries.map(({ severity, message }) => [message, severity])).toEqual([
      ['trace', 'DEBUG'],
      ['debug', 'DEBUG'],
      ['info', 'INFO'],
      ['warn', 'WARNING'],
      ['error', 'ERROR'],
      ['fatal', 'CRITICAL']
    ])
    expect(entries[0]?.['time']).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/)
  })

  test('is labeled with service and revision on Cloud Run, and only there', () => {
    const onCloudRun = logged({ service: 'landfall', revision: 'landfall-00042-abc' })
    onCloudRun.log.info('x')
    expect(onCloudRun.entries[0]).toMatchObject({
      'logging.googleapis.com/labels': { service: 'landfall', revision: 'landfall-00042-abc' }
    })
    const elsewhere = logged()
    elsewhere.log.info('x')
    expect(Object.keys(elsewhere.entries[0] ?? {}).join()).not.toContain('labels')
  })

  test('gives a bug its stack where Error Reporting looks', () => {
    const { log, entries } = logged()
    log.error({ err: new TypeError('a bug') }, 'unexpected error')
    const inside = new RangeError('deep inside')
    log.error(
      { err: new Failure('INTERNAL', 'an unexpected error', { cause: inside }) },
      'unexpected error'
    )
    expect(entries[0]?.['stack_trace']).toMatch(/^TypeError: a bug\n\s+at .*log\.test/)
    expect(entries[1]?.['stack_trace']).toMatch(/^RangeError: deep inside\n/)
  })

  test('has no stack for a failure, nor for a warning', () => {
    const { log, entries } = logged()
    const cause = new Error('Spanner quotes the key "a secret"')
    log.error({ err: new Failure('STORE_UNAVAILABLE', 'down', { cause }) }, 'commit failed')
    log.warn({ err: new Error('in the background') }, 'a warning')
    expect(entries[0]).toMatchObject({ err: { code: 'STORE_UNAVAILABLE', message: 'down' } })
    expect(JSON.stringify(entries[0])).not.toContain('a secret')
    expect(entries.map((entry) => entry['stack_trace'])).toEqual([undefined, undefined])
  })
})

describe('a log at a terminal', () => {
  test('is a line for a person', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'landfall-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const file = join(folder, 'log')
    const log = createLog('info', { destination: prettyOutput(openSync(file, 'w')) })
    log.info({ verdict: 'applied', durationMs: 1.5 }, 'delivery settled')
    const text = readFileSync(file, 'utf8')
    expect(text).toMatch(/^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: delivery settled .*verdict.*applied/)
    expect(text.trimEnd().split('\n')).toHaveLength(1)
  })
})
