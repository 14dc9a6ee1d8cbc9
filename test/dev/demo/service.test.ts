import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type DemoService, startService } from '../../../dev/demo/service.ts'
import { createHttpClient } from '../../../dev/simulator/http-client.ts'

async function start(env: Readonly<Record<string, string>> = {}): Promise<DemoService> {
  const service = await startService({ ...process.env, ...env })
  onTestFinished(() => service.dispose())
  return service
}

async function isLive({ port }: DemoService): Promise<boolean> {
  const client = createHttpClient(`http://127.0.0.1:${port}`, { sockets: 1, timeoutMs: 5000 })
  onTestFinished(() => client.close())
  return client.get('/health/live').then(
    ({ status }) => status === 200,
    () => false
  )
}

test('in any environment the service has a free port and its own file', async () => {
  const service = await start({
    PORT: '1',
    EMBEDDED_FILE: '/nowhere/landfall.db',
    SPANNER_DATABASE: 'projects/p/instances/i/databases/d',
    POISON: 'reject'
  })
  expect(await isLive(service)).toBe(true)
  expect(existsSync(service.embeddedFile)).toBe(true)
})

test('it ends with exit code 0 on request, and leaves no folder', async () => {
  const service = await start()
  expect(await service.stop()).toBe('exit code 0')
  await service.dispose()
  expect(existsSync(dirname(service.embeddedFile))).toBe(false)
})

test('a disposed service is gone, and a call that waits for it fails', async () => {
  const service = await start()
  await service.dispose()
  await expect(service.died).rejects.toThrow('The service ended with signal SIGKILL')
  expect(await isLive(service)).toBe(false)
})

test('a service that does not start reports why', async () => {
  const empty = mkdtempSync(join(tmpdir(), 'landfall-no-schemas-'))
  onTestFinished(() => rmSync(empty, { recursive: true }))
  await expect(startService(process.env, empty)).rejects.toThrow(
    /^The service ended with exit code 1, saying: landfall: SCHEMAS_INVALID/
  )
})
