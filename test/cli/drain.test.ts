import { describe, expect, test } from 'vitest'
import { run } from './run-command.ts'

describe('landfall drain', () => {
  test('helps', async () => {
    const { code, out } = await run('drain', ['--help'], {})
    expect({ code, text: out[0] }).toEqual({ code: 0, text: expect.stringContaining('--max') })
  })

  test.each([
    [[]],
    [['short']],
    [['a/b']],
    [['x', 'y']],
    [['projects/p/subscriptions/s', '--max', '0']]
  ])('refuses %j as wrong usage', async (args) => {
    await expect(run('drain', args, {})).rejects.toMatchObject({ name: 'UsageError' })
  })
})
