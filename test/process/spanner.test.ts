import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { applySchema } from '../../src/store/spanner/apply.ts'
import { changed, deleted } from '../http/open-app.ts'
import { freshDatabaseName, sessionEnvironment, spannerHost } from '../store/spanner-database.ts'
import { push, startService } from './start-service.ts'

async function spannerEnv() {
  const host = await spannerHost()
  return {
    SPANNER_DATABASE: await freshDatabaseName(),
    SPANNER_EMULATOR_HOST: host,
    ...sessionEnvironment()
  }
}

/** A database made by the command that users run. */
async function createDatabase(): Promise<Record<string, string>> {
  const env = await spannerEnv()
  const args = ['bin/landfall.ts', 'schema', 'apply']
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, {
    env: { PATH: process.env['PATH'], ...env }
  })
  expect(stderr).toBe('')
  expect(stdout).toContain('CREATE TABLE `items`')
  return env
}

describe('the process on Spanner', () => {
  test('gives the same answers as on the embedded store', async () => {
    const spanner = await startService(await createDatabase())
    const embedded = await startService({})
    const events = [
      changed('1', '2026-11-01T10:00:00Z', { id: 'a', value: 'red' }),
      changed('1', '2026-11-01T10:00:00Z', { id: 'a', value: 'red' }),
      changed('2', '2026-11-01T09:00:00Z', { id: 'a', value: 'older' }),
      changed('3', '2026-11-01T10:00:00.000000001Z', { id: 'b', value: 'blue', price: '12.50' }),
      deleted('4', '2026-11-01T11:00:00Z', 'a'),
      changed('5', '2026-11-01T10:30:00Z', { id: 'a', value: 'late' }),
      changed('6', '2026-11-01T10:00:00Z', { id: 7 })
    ]
    const verdicts = [
      'applied',
      'duplicate',
      'stale',
      'applied',
      'applied',
      'stale',
      'dead-lettered'
    ]
    for (const { url } of [spanner, embedded]) {
      const answers = []
      for (const event of events) answers.push((await push(url, event)).body.verdict)
      expect(answers).toEqual(verdicts)
      expect(await (await fetch(`${url}/api/v1/data`)).json()).toEqual([{ id: 'b', value: 'blue' }])
      expect((await fetch(`${url}/api/v1/data/a`)).status).toBe(404)
    }
  })

  test('applies one of two hundred concurrent pushes to two processes', async () => {
    const env = await createDatabase()
    const services = await Promise.all([startService(env), startService(env)])
    const event = changed('1', '2026-11-01T10:00:00Z', { id: 'a', value: 'red' })
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_each, n) => push(services[n % 2]?.url ?? '', event))
    )
    expect(answers.map(({ status }) => status)).toEqual(Array(200).fill(200))
    expect(answers.filter(({ body }) => body.verdict === 'applied')).toHaveLength(1)
    expect(answers.filter(({ body }) => body.verdict === 'duplicate')).toHaveLength(199)
  })

  test('starts in a database without tables, is not ready, and names the missing tables', async () => {
    const env = await spannerEnv()
    await applySchema({ database: env.SPANNER_DATABASE, tables: [], emulator: true })
    const service = await startService(env)
    const ready = await fetch(`${service.url}/health/ready`)
    expect(ready.status).toBe(503)
    const { code, detail } = (await ready.json()) as { code: string; detail: string }
    expect(code).toBe('SCHEMA_DRIFT')
    expect(detail).toContain('items')
    const answer = await push(
      service.url,
      changed('1', '2026-11-01T10:00:00Z', { id: 'a', value: 'v' })
    )
    expect(answer).toMatchObject({ status: 503, body: { code: 'STORE_MISCONFIGURED' } })
    const said = () =>
      service.lines.filter((line) => /"message":"(not ready|ready again)"/.test(line))
    expect(said()).toHaveLength(1)
    expect(JSON.parse(said()[0] ?? '{}')).toMatchObject({
      severity: 'ERROR',
      err: { code: 'SCHEMA_DRIFT', message: expect.stringContaining('items') }
    })
  })
})
