import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Failure } from '../../src/failures.ts'
import { exactnessOf } from '../../src/values/exact-numbers.ts'
import { parseJson } from '../../src/values/json-parse.ts'
import { jsonBounds } from '../../src/values/limits.ts'

function codeOf(text: string | Buffer, maxDepth?: number): string {
  try {
    parseJson(Buffer.from(text as string), maxDepth)
    return 'accepted'
  } catch (error) {
    if (error instanceof Failure) return error.code
    throw error
  }
}

function thrownBy(run: () => unknown): Error {
  try {
    run()
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('nothing was thrown')
}

const deep = (levels: number, open = '[', close = ']') => open.repeat(levels) + close.repeat(levels)

describe('parseJson', () => {
  test.each<[string, string | Buffer, string]>([
    ['nothing', '', 'JSON_INVALID'],
    ['only spaces', '  ', 'JSON_INVALID'],
    ['a truncated object', '{"a":', 'JSON_INVALID'],
    ['a trailing comma', '{"a":1,}', 'JSON_INVALID'],
    ['trailing garbage', '{} x', 'JSON_INVALID'],
    ['two values', '{}{}', 'JSON_INVALID'],
    ['NaN', 'NaN', 'JSON_INVALID'],
    ['single quotes', "{'a':1}", 'JSON_INVALID'],
    ['a raw line feed in a string', '"a\nb"', 'JSON_INVALID'],
    ['an unterminated string', '"abc', 'JSON_INVALID'],
    ['an unterminated escape', '"abc\\', 'JSON_INVALID'],
    ['a leading zero', '0123456789012345678', 'JSON_INVALID'],
    ['a stray UTF-8 byte', Buffer.from([0x22, 0xff, 0x22]), 'JSON_INVALID'],
    ['overlong UTF-8', Buffer.from([0x22, 0xc0, 0xa0, 0x22]), 'JSON_INVALID'],
    ['a surrogate in UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), 'JSON_INVALID'],
    ['UTF-16', Buffer.from('\uFEFF{}', 'utf16le'), 'JSON_INVALID'],
    ['two byte order marks', '\uFEFF\uFEFF{}', 'JSON_INVALID'],
    ['a byte order mark', '\uFEFF{}', 'accepted'],
    ['80 levels of arrays', deep(80), 'accepted'],
    ['81 levels of arrays', deep(81), 'JSON_TOO_DEEP'],
    ['81 levels of objects', `${'{"a":'.repeat(81)}1${'}'.repeat(81)}`, 'JSON_TOO_DEEP'],
    ['100,000 levels of arrays', deep(100_000), 'JSON_TOO_DEEP'],
    ['100,000 levels that never close', '[{"a":'.repeat(50_000), 'JSON_TOO_DEEP'],
    ['brackets in strings', JSON.stringify('["{'.repeat(200)), 'accepted'],
    ['brackets after escaped quotes', `["\\"${'['.repeat(100)}\\\\"]`, 'accepted'],
    [
      'brackets after a closed string',
      `["\\\\"${',['.repeat(80)}1${']'.repeat(81)}`,
      'JSON_TOO_DEEP'
    ],
    ['a __proto__ key', '{"__proto__":{"a":1}}', 'JSON_KEY_FORBIDDEN'],
    ['an escaped __proto__ key', '{"\\u005f_proto__":1}', 'JSON_KEY_FORBIDDEN'],
    ['a nested __proto__ key', '[{"a":{"__proto__":null}}]', 'JSON_KEY_FORBIDDEN'],
    ['constructor.prototype', '{"constructor":{"prototype":{}}}', 'JSON_KEY_FORBIDDEN'],
    ['__proto__ beside an inexact number', '{"a":1e400,"__proto__":1}', 'JSON_KEY_FORBIDDEN'],
    ['a constructor that is text', '{"constructor":"Acme Ltd"}', 'accepted'],
    ['__proto__ as a value', '{"a":"__proto__"}', 'accepted'],
    ['2^53-1', '9007199254740991', 'accepted'],
    ['2^53', '9007199254740992', 'NUMBER_INEXACT'],
    ['-(2^53-1)', '-9007199254740991', 'accepted'],
    ['-2^53', '-9007199254740992', 'NUMBER_INEXACT'],
    ['2^53+1 in an object', '{"n":9007199254740993}', 'NUMBER_INEXACT'],
    ['2^53 with a zero fraction', '[9007199254740992.0]', 'NUMBER_INEXACT'],
    ['1e16', '1e16', 'NUMBER_INEXACT'],
    ['1E15', '1E15', 'accepted'],
    ['1e400', '[1e400]', 'NUMBER_INEXACT'],
    ['-1e400', '-1e400', 'NUMBER_INEXACT'],
    ['1e99999999999999999999', '1e99999999999999999999', 'NUMBER_INEXACT'],
    ['0e99999999999999999999', '0e99999999999999999999', 'accepted'],
    ['a big integer in a string', '{"n":"9007199254740993"}', 'accepted']
  ])('settles %s', (_, text, code) => {
    expect(codeOf(text)).toBe(code)
  })

  test('takes the cap as an argument', () => {
    expect(codeOf(deep(81), 81)).toBe('accepted')
    expect(codeOf(deep(3), 2)).toBe('JSON_TOO_DEEP')
  })

  test('keeps the last of repeated keys, and judges only that one', () => {
    expect(parseJson(Buffer.from('{"a":1e400,"a":1}'))).toEqual({
      value: { a: 1 },
      inexact: new Set()
    })
    expect(codeOf('{"a":1,"a":1e400}')).toBe('NUMBER_INEXACT')
  })

  test.each<[string, string, string[]]>([
    ['1.50', '{"a":1.50}', []],
    ['1e-3', '{"a":1e-3}', []],
    ['0.1', '{"a":0.1}', []],
    ['the sum of 0.1 and 0.2 as printed', '{"a":0.30000000000000004}', []],
    ['a NUMERIC with 20 digits', '{"a":[0,{"b":12345678901.123456789}]}', ['/a/1/b']],
    ['more digits than the shortest', '{"a":0.10000000000000001}', ['/a']],
    ['a number that vanishes', '[1e-400]', ['/0']],
    ['keys that need escaping', '{"a/b":{"~":{"":0.10000000000000001}}}', ['/a~1b/~0/']],
    ['a number alone', ' 0.10000000000000001 ', ['']],
    ['a rounded fraction beyond 2^53', '[9007199254740992.5]', ['/0']]
  ])('points to what a double cannot hold in %s', (_, text, pointers) => {
    expect([...parseJson(Buffer.from(text)).inexact]).toEqual(pointers)
  })

  test('names the pointer of a rounded number, within its event', () => {
    expect(() => parseJson(Buffer.from('{"a":[{"b/c":1e99}]}'), 80, '/data')).toThrow(
      'the number at /data/a/0/b~1c would be rounded'
    )
    expect([...parseJson(Buffer.from('[1e-400]'), 80, '/data').inexact]).toEqual(['/data/0'])
  })

  test('puts every inexact number back where it was, whatever is repeated around it', () => {
    const text =
      '{"a":[0.10000000000000001,9007199254740991,{"b":-0.20000000000000001}],' +
      '"c":{"d":1e400,"e":[1e400]},"c":{"2":0.30000000000000005,"1":0.30000000000000001}}'
    const { value, inexact } = parseJson(Buffer.from(text))
    expect(value).toEqual({
      a: [0.1, 9007199254740991, { b: -0.2 }],
      c: { 2: 0.30000000000000004, 1: 0.3 }
    })
    expect([...inexact].sort()).toEqual(['/a/0', '/a/2/b', '/c/1', '/c/2'])
  })

  test.each([
    ['two signs', '[--1.2345678901234567]'],
    ['two exponents', '[1e400e4]'],
    ['a leading zero', '{"a":00.12345678901234567}'],
    ['no digits before the point', '[.12345678901234567]'],
    ['no digits after the point', '[12345678901234567.]'],
    ['an inexact number as a key', '{0.10000000000000001:1}']
  ])('refuses a long number with %s', (_, text) => {
    expect(codeOf(text)).toBe('JSON_INVALID')
  })

  test('says where the text is wrong, also after numbers in doubt', () => {
    expect(() => parseJson(Buffer.from('[1.00000000000000001,"a" 1]'))).toThrow('see character 25')
  })

  test('settles every number as a reviver with its source text would', () => {
    const digits = fc.stringMatching(
      /^-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?$/
    )
    fc.assert(
      fc.property(fc.array(digits), (numbers) => {
        const expected = numbers.map(exactnessOf)
        const text = Buffer.from(`[${numbers.join(',')}]`)
        if (expected.includes('lost')) {
          expect(() => parseJson(text)).toThrow(Failure)
          return
        }
        expect(parseJson(text)).toEqual({
          value: numbers.map(Number),
          inexact: new Set(
            expected.flatMap((exactness, i) => (exactness === 'inexact' ? [`/${i}`] : []))
          )
        })
      })
    )
  })

  test('refuses more numbers than can be looked at one by one', () => {
    const text = JSON.stringify(Array(jsonBounds.longNumbers + 1).fill('X'))
    expect(codeOf(text.replaceAll('"X"', '0.10000000000000001'))).toBe('EVENT_TOO_LARGE')
    expect(codeOf(text.replaceAll('"X"', '0.30000000000000004'))).toBe('accepted')
  })

  test('never quotes the text in a message', () => {
    for (const text of ['secret', '{"a":secret}', '{"a":"secret"', '["secret",]']) {
      expect(() => parseJson(Buffer.from(text))).toThrow(/^(?!.*secret)/)
    }
  })

  test('limits a message to what a store can hold', () => {
    for (const key of ['\\ud800', `${'k'.repeat(198)}\u{1f600}${'k'.repeat(100_000)}`]) {
      const refusal = thrownBy(() => parseJson(Buffer.from(`{"${key}":1e400}`)))
      expect(refusal.message.length).toBeLessThan(300)
      expect(refusal.message.isWellFormed()).toBe(true)
    }
  })

  test('reads what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        fc.pre(!/__proto__|constructor/.test(JSON.stringify(value)))
        const text = JSON.stringify(value, (_, member) =>
          Number.isInteger(member) && !Number.isSafeInteger(member) ? 0 : member
        )
        expect(parseJson(Buffer.from(text))).toEqual({
          value: JSON.parse(text),
          inexact: new Set()
        })
      })
    )
  })

  // Time that grew with the square of the length would be hours.
  test.each(['[', '"', '\\"', '1', '1e1,', '{"":', '-'])(
    'finds 16 MiB of %j in time that grows with its length',
    (unit) => {
      const text = Buffer.alloc(16 * 1024 * 1024, unit)
      expect(() => parseJson(text)).toThrow(Failure)
    }
  )
})
