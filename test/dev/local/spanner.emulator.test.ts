import { expect, test } from 'vitest'
import { startSpannerEmulator } from '../../../dev/local/emulator.ts'
import { listens } from '../../../dev/local/ports.ts'

test('listens when it has started, and is gone when it has stopped', async () => {
  const emulator = await startSpannerEmulator({ path: process.env['PATH'] })
  expect(await listens(emulator.host)).toBe(true)
  await emulator.stop()
  expect(await listens(emulator.host)).toBe(false)
  await emulator.stop()
})

test('fails at once when the emulator does not run', async () => {
  const flags = ['--no_such_flag']
  await expect(startSpannerEmulator({ path: process.env['PATH'], flags })).rejects.toThrow(
    'The Spanner emulator ended with'
  )
})
