import { describe, expect, test } from 'vitest'
import { Failure, type FailureCode } from '../src/failures.ts'
import { withRetries } from '../src/retries.ts'

function failing(code: FailureCode, times: number) {
  const tries = { count: 0 }
  const work = async () => {
    tries.count += 1
    if (tries.count <= times) throw new Failure(code, 'no')
    return 'done'
  }
  return { tries, work }
}

const never = new AbortController().signal

describe('withRetries', () => {
  test('retries while the store fails, and reports each pause', async () => {
    const { tries, work } = failing('STORE_UNAVAILABLE', 2)
    const said: unknown[] = []
    const retries = {
      pausesMs: [1, 2, 3],
      signal: never,
      onPause: ({ code }: Failure, ms: number) => said.push([code, ms])
    }
    expect(await withRetries(work, retries)).toBe('done')
    expect(tries.count).toBe(3)
    expect(said).toEqual([
      ['STORE_UNAVAILABLE', 1],
      ['STORE_UNAVAILABLE', 2]
    ])
  })

  test.each([
    ['a bug', 'INTERNAL', 1],
    ['poison', 'DATA_INVALID', 1],
    ['a missing table', 'STORE_MISCONFIGURED', 1],
    ['an outage', 'STORE_UNAVAILABLE', 3]
  ] as const)('gives up for %s', async (_name, code, tried) => {
    const { tries, work } = failing(code, 100)
    const retries = { pausesMs: [0, 0], signal: never, onPause: () => undefined }
    await expect(withRetries(work, retries)).rejects.toMatchObject({ code })
    expect(tries.count).toBe(tried)
  })

  test('does not wait when it is interrupted', async () => {
    const controller = new AbortController()
    const { work } = failing('STORE_UNAVAILABLE', 100)
    const onPause = () => controller.abort()
    const retries = { pausesMs: [3_600_000], signal: controller.signal, onPause }
    await expect(withRetries(work, retries)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  })
})
