import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { startSpannerEmulator } from '../../dev/local/emulator.ts'
import { changed } from '../http/open-app.ts'
import { push, startService } from '../process/start-service.ts'

test('an emulator that restarts empty is answered 503, and events land once its tables are there', async () => {
  const path = process.env['PATH']
  const first = await startSpannerEmulator({ path })
  const env = {
    SPANNER_DATABASE: 'projects/landfall-test/instances/restart/databases/restart',
    SPANNER_EMULATOR_HOST: first.host
  }
  const apply = () =>
    promisify(execFile)(process.execPath, ['bin/landfall.ts', 'schema', 'apply'], {
      env: { PATH: path, ...env }
    })
  await apply()
  const service = await startService(env)
  const event = changed('1', '2026-11-01T10:00:00Z', { id: 'a', value: 'red' })
  const answer = () => push(service.url, event)
  expect(await answer()).toMatchObject({ body: { verdict: 'applied' } })
  await first.stop()
  expect((await answer()).status).toBe(503)
  const second = await startSpannerEmulator({ path, port: Number(first.host.split(':')[1]) })
  onTestFinished(() => second.stop())
  expect(second.host).toBe(first.host)
  expect((await answer()).status).toBe(503)
  await apply()
  await expect.poll(async () => (await answer()).body.verdict).toBe('applied')
  const ready = () => fetch(`${service.url}/health/ready`).then(({ status }) => status)
  await expect.poll(ready).toBe(200)
  expect(service.process.exitCode).toBeNull()
}, 120_000)
