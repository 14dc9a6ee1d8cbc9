import { describe } from 'vitest'
import type { Json } from '../../src/values/json.ts'
import { refuses, takes } from './conversions.ts'

describe('STRING', () => {
  takes('STRING(4)', [
    ['text', 'abcd', 'abcd'],
    ['empty text', '', ''],
    ['NUL', 'a\u0000b', 'a\u0000b'],
    ['four emoji, which are eight UTF-16 units', '🙂🙂🙂🙂', '🙂🙂🙂🙂'],
    ['composed characters as they are', 'é', 'é'],
    ['decomposed characters as they are', 'e\u0301', 'e\u0301'],
    ['right-to-left text', 'שלום', 'שלום']
  ])

  refuses('STRING(4)', [
    ['five characters', 'abcde', 'is longer than 4 characters'],
    ['five emoji', '🙂🙂🙂🙂🙂', 'is longer than 4 characters'],
    ['four emoji and a letter', '🙂🙂🙂🙂a', 'is longer than 4 characters'],
    ['a high surrogate alone', 'a\ud800', 'has a lone surrogate'],
    ['a low surrogate alone', '\udc00a', 'has a lone surrogate'],
    ['surrogates in the wrong order', '\udc00\ud800', 'has a lone surrogate'],
    ['a number', 12, 'is not a string'],
    ['a boolean', true, 'is not a string'],
    ['an array of a string', ['a'], 'is not a string'],
    ['an object', {}, 'is not a string']
  ])

  takes('STRING(MAX)', [
    ['2,621,440 characters', 'a'.repeat(2_621_440), 'a'.repeat(2_621_440)],
    ['2,621,440 emoji', '🙂'.repeat(2_621_440), '🙂'.repeat(2_621_440)]
  ])

  refuses('STRING(MAX)', [
    ['one character more', 'a'.repeat(2_621_441), 'is longer than 2621440 characters']
  ])
})

describe('UUID', () => {
  const uuid = '2d1c4a3e-0f5b-4c6d-8e7f-001122334455'

  takes('UUID', [
    ['a UUID', uuid, uuid],
    ['upper case as lower case', uuid.toUpperCase(), uuid],
    ['the nil UUID', '00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000']
  ])

  const malformed = `is not a UUID such as ${uuid}`

  refuses('UUID', [
    ['no hyphens', uuid.replaceAll('-', ''), malformed],
    ['braces', `{${uuid}}`, malformed],
    ['a URN', `urn:uuid:${uuid}`, malformed],
    ['a line feed', `${uuid}\n`, malformed],
    ['a digit too few', uuid.slice(0, -1), malformed],
    ['a letter that is not a digit', uuid.replace('a', 'g'), malformed],
    ['a number', 1, malformed]
  ])
})

describe('JSON', () => {
  const nest = (depth: number): Json =>
    Array.from({ length: depth }).reduce<Json>((inner) => [inner], 'x')

  takes('JSON', [
    ['an object', { b: 1, a: [true, null] }, '{"b":1,"a":[true,null]}'],
    ['text', 'a"b', '"a\\"b"'],
    ['text that only looks like a lone surrogate', '\\ud800', '"\\\\ud800"'],
    ['a number', 1.5, '1.5'],
    ['a boolean', false, 'false'],
    ['80 levels', nest(80), `${'['.repeat(80)}"x"${']'.repeat(80)}`]
  ])

  refuses('JSON', [
    ['81 levels', nest(81), 'is nested deeper than 80 levels'],
    ['a lone surrogate in a value', { a: ['\ud800'] }, 'has a lone surrogate'],
    ['a lone surrogate in a name', { '\udc00': 1 }, 'has a lone surrogate'],
    ['an infinite number', { a: Number.POSITIVE_INFINITY }, 'has an infinite number'],
    ['more than 10 MB of text', 'a'.repeat(10_000_000), 'is larger than 10 MB as JSON text']
  ])
})
