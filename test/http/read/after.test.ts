import { expect, test, vi } from 'vitest'
import { changed, openApp, send } from '../open-app.ts'

test('a commit timestamp that was given out is read after, also when the clock goes back', async () => {
  const { app } = await openApp()
  const hour = 3_600_000
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + hour })
  const event = changed('1', '2026-11-01T10:00:00Z', { id: 'a', value: 'red' })
  const { commitTimestamp } = (await send(app, event)).json()
  vi.setSystemTime(Date.now() - hour)
  const read = (after: string) => app.inject(`/api/v1/data/a?after=${after}`)
  expect((await read(commitTimestamp)).statusCode).toBe(200)
  expect((await read('2999-01-01T00:00:00Z')).statusCode).toBe(400)
  vi.useRealTimers()
})
