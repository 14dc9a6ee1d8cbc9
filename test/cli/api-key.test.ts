import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { run as runCommand } from './run-command.ts'

const run = (...args: string[]) => runCommand('api-key', args, {})

const sha256 = (key: string) => createHash('sha256').update(key).digest('hex')

describe('landfall api-key create', () => {
  test('prints a key on one line and its entry, without the key, on the next', async () => {
    const { code, out, errors } = await run('create', 'reporting')
    const [key = '', line = '', ...rest] = out
    expect(code).toBe(0)
    expect(key).toMatch(/^lf_[A-Za-z0-9_-]{43}$/)
    expect(JSON.parse(line)).toEqual({ name: 'reporting', sha256: sha256(key) })
    expect(rest).toEqual([])
    expect(errors.join()).not.toContain(key)
  })

  test('prints key and entry as one object with --json', async () => {
    const { out, errors } = await run(
      ...[
        'create',
        'reporting',
        '--json',
        '--expires',
        '9999-01-01',
        '--collections',
        'items,orders'
      ]
    )
    const { key, entry } = JSON.parse(out.join())
    expect(entry).toEqual({
      name: 'reporting',
      sha256: sha256(key),
      expires: '9999-01-01T00:00:00Z',
      collections: ['items', 'orders']
    })
    expect(errors).toEqual([])
  })

  test.each([['--help'], ['create', '--help'], ['-h']])(
    'explains itself for %s %s',
    async (...args) => {
      const { code, out } = await run(...args)
      expect(code).toBe(0)
      expect(out.join()).toMatch(/^Usage: landfall api-key .*make an API key/s)
    }
  )

  test.each([
    ['no action', [], 'needs one of its commands: create'],
    ['no name', ['create'], "missing required argument 'name'"],
    ['two names', ['create', 'a', 'b'], 'Expected 1 argument but got 2: a, b'],
    ['another action', ['list', 'a'], "unknown command 'list'"],
    ['an unknown option', ['create', 'a', '--expire', '9999-01-01'], '--expire'],
    ['a name with a space', ['create', 'a b'], 'name must match'],
    ['a date that is not a date', ['create', 'a', '--expires', 'tomorrow'], 'expires must match'],
    ['a day that does not exist', ['create', 'a', '--expires', '2999-02-30'], 'expires must match'],
    ['a date that has passed', ['create', 'a', '--expires', '2020-01-01'], 'which has passed'],
    ['an empty collection', ['create', 'a', '--collections', 'items,'], 'collections/1 must match']
  ])('is used wrongly with %s', async (_name, args, message) => {
    await expect(run(...args)).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringContaining(message)
    })
  })
})
