import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { openCachedSecret } from '../../src/access/cached-secret.ts'
import type { Secret } from '../../src/access/secret-source.ts'

const ttlMs = 60_000
const secretOf = (text: string): Secret => ({ bytes: Buffer.from(text), version: `v-${text}` })

/** A secret that `read` returns, on a clock that the test moves. */
async function open(read: () => Promise<Secret>) {
  vi.useFakeTimers()
  onTestFinished(() => {
    vi.useRealTimers()
  })
  const warnings: string[] = []
  const changes: string[] = []
  const closed: string[] = []
  const reads = vi.fn(read)
  const opening = openCachedSecret({
    source: { read: reads, close: async () => void closed.push('source') },
    parse(bytes) {
      if (bytes.includes('bad')) throw new Error('bad')
      return { text: bytes.toString() }
    },
    ttlMs,
    onChange: (version) => changes.push(version),
    onWarning: (error) => warnings.push(error instanceof Error ? error.message : '')
  })
  return { opening, reads, warnings, changes, closed }
}

describe('a cached secret', () => {
  test('is read at the start, and again before its TTL ends but not long before', async () => {
    let now = 'one'
    const { opening, reads, changes } = await open(async () => secretOf(now))
    const cached = await opening
    now = 'two'
    await vi.advanceTimersByTimeAsync(ttlMs * 0.69)
    expect(reads).toHaveBeenCalledTimes(1)
    expect(cached.current()).toEqual({ text: 'one' })
    await vi.advanceTimersByTimeAsync(ttlMs * 0.22)
    expect(reads).toHaveBeenCalledTimes(2)
    expect(cached.current()).toEqual({ text: 'two' })
    expect(changes).toEqual(['v-one', 'v-two'])
    await cached.close()
  })

  test('is read at other times by other instances', async () => {
    const times = new Set<number>()
    for (let n = 0; n < 5; n++) {
      const readAt: number[] = []
      const cached = await (
        await open(async () => {
          readAt.push(performance.now())
          return secretOf('one')
        })
      ).opening
      await vi.advanceTimersByTimeAsync(ttlMs)
      times.add((readAt[1] ?? 0) - (readAt[0] ?? 0))
      await cached.close()
      vi.useRealTimers()
    }
    expect(times.size).toBeGreaterThan(1)
  })

  test('is the same object until its bytes change', async () => {
    const cached = await (await open(async () => secretOf('one'))).opening
    const first = cached.current()
    await vi.advanceTimersByTimeAsync(ttlMs * 3)
    expect(cached.current()).toBe(first)
    await cached.close()
  })

  test.each([
    ['cannot be read', async () => Promise.reject(new Error('gone')), 'gone'],
    ['is malformed', async () => secretOf('bad'), 'bad']
  ])(
    'keeps its last good value while it %s, warns, and is read sooner',
    async (_name, fail, said) => {
      let read = async () => secretOf('one')
      const { opening, warnings } = await open(() => read())
      const cached = await opening
      read = fail
      await vi.advanceTimersByTimeAsync(ttlMs * 2)
      expect(cached.current()).toEqual({ text: 'one' })
      expect(warnings.length).toBeGreaterThan(2)
      expect(new Set(warnings)).toEqual(new Set([said]))
      expect(cached.status()).toMatchObject({ version: 'v-one', failures: warnings.length })
      expect(cached.status().ageMs).toBeGreaterThan(ttlMs)
      read = async () => secretOf('two')
      await vi.advanceTimersByTimeAsync(ttlMs / 5)
      expect(cached.current()).toEqual({ text: 'two' })
      expect(cached.status().ageMs).toBeLessThan(ttlMs / 5)
      await cached.close()
    }
  )

  test('returns the last good value while a read hangs, and starts no second one', async () => {
    let read = async () => secretOf('one')
    const { opening, warnings, reads } = await open(() => read())
    const cached = await opening
    const hanging = Promise.withResolvers<Secret>()
    read = () => hanging.promise
    await vi.advanceTimersByTimeAsync(ttlMs * 2)
    expect(cached.current()).toEqual({ text: 'one' })
    expect(warnings.length).toBeGreaterThan(1)
    expect(warnings[0]).toContain('could not be read within')
    expect(reads).toHaveBeenCalledTimes(2)
    read = async () => secretOf('two')
    hanging.resolve(secretOf('late'))
    await vi.advanceTimersByTimeAsync(ttlMs * 2)
    expect(cached.current()).toEqual({ text: 'two' })
    await cached.close()
  })

  test('does not open without a first value, and closes its source', async () => {
    const { opening, closed } = await open(async () => Promise.reject(new Error('gone')))
    await expect(opening).rejects.toThrow('gone')
    expect(closed).toEqual(['source'])
    expect(vi.getTimerCount()).toBe(0)
  })

  test.each([
    ['breaks off', (hanging: PromiseWithResolvers<Secret>) => hanging.reject(new Error('cut'))],
    ['is too late for', (hanging: PromiseWithResolvers<Secret>) => hanging.resolve(secretOf('two'))]
  ])('does nothing once it is closed, also when that %s a read', async (_name, settle) => {
    let read = async () => secretOf('one')
    const { opening, warnings, closed, reads } = await open(() => read())
    const cached = await opening
    const hanging = Promise.withResolvers<Secret>()
    read = () => hanging.promise
    await vi.advanceTimersToNextTimerAsync()
    expect(reads).toHaveBeenCalledTimes(2)
    await cached.close()
    settle(hanging)
    await vi.advanceTimersByTimeAsync(ttlMs * 2)
    expect(warnings).toEqual([])
    expect(closed).toEqual(['source'])
    expect(vi.getTimerCount()).toBe(0)
  })
})
