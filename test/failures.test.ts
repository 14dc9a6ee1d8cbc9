import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { failuresPage } from '../build/pages.ts'
import { explain, Failure, type FailureRow, failures, isFailure } from '../src/failures.ts'

const rows: readonly (readonly [string, FailureRow])[] = Object.entries(failures)

describe('the table of failures', () => {
  test.each(rows)(
    'answers %s with a status that its action allows',
    (_code, { action, status }) => {
      const allowed = {
        'dead-letter': [400, 422],
        retry: [500, 503],
        refuse: [400, 401, 403, 404, 405, 408, 413, 429],
        stop: [500, 503]
      }
      expect(allowed[action]).toContain(status)
    }
  )

  test('is documented row by row', async () => {
    const page = await readFile('docs/failures.md', 'utf8')
    expect(page).toBe(failuresPage(failures))
    for (const [code, { status, summary }] of rows) {
      expect(page).toContain(`| \`${code}\` | ${status} | ${summary} |`)
    }
  })

  test('distinguishes its failures from other errors, and one action from another', () => {
    const failure = new Failure('QUEUE_FULL', 'full')
    expect(isFailure(failure)).toBe(true)
    expect(isFailure(failure, 'retry')).toBe(true)
    expect(isFailure(failure, 'dead-letter')).toBe(false)
    expect(isFailure(new Error('full'))).toBe(false)
  })
})

describe('explaining an error', () => {
  test.each([
    [
      'prints a failure in one line',
      new Failure('CONFIG_INVALID', 'PORT must be'),
      'CONFIG_INVALID: PORT must be'
    ],
    [
      'prints a system error that begins with its code as it is',
      Object.assign(new Error("ENOENT: no such file or directory, open '/x'"), {
        code: 'ENOENT',
        syscall: 'open'
      }),
      "ENOENT: no such file or directory, open '/x'"
    ],
    [
      'prints a system error in one line',
      Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE', syscall: 'listen' }),
      'EADDRINUSE: listen EADDRINUSE'
    ],
    [
      'what a service of Google answered in one line',
      Object.assign(new Error('5 NOT_FOUND: no subscription\n    at x'), {
        code: 5,
        details: 'no'
      }),
      '5 NOT_FOUND: no subscription'
    ],
    [
      'that a file ends too early in one line',
      Object.assign(new Error('unexpected end of file'), { code: 'Z_BUF_ERROR', errno: -5 }),
      'unexpected end of file'
    ],
    [
      'that there are no credentials in one line',
      new Error('Could not load the default credentials. Browse to x'),
      'Could not load the default credentials. Browse to x'
    ]
  ])('says %s', (_name, error, line) => {
    expect(explain(error)).toBe(line)
  })

  test('keeps the stack of a bug', () => {
    expect(explain(new TypeError('oops'))).toContain('failures.test.ts')
  })
})
