import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MAX_BATCH_EVENTS, scanJson, splitArray } from '../../src/values/json-scan.ts'
import { jsonBounds } from '../../src/values/limits.ts'

const split = (text: string) => splitArray(Buffer.from(text)).map(String)

describe('scanJson', () => {
  test.each([
    ['1', 0],
    ['[]', 1],
    ['[[],{"a":[]}]', 3],
    ['"[["', 0],
    ['"\\"[["', 0],
    ['["\\\\",[]]', 2]
  ])('finds how deep %s is', (text, depth) => {
    expect(scanJson(Buffer.from(text), {})).toBe(depth)
  })
})

describe('the bounds of one JSON text', () => {
  const list = (length: number, item: (index: number) => string) =>
    `[${Array.from({ length }, (_, index) => item(index)).join(',')}]`

  test.each<[string, (length: number) => string, number]>([
    ['arrays', (length) => list(length - 1, () => '[]'), jsonBounds.containers],
    ['objects', (length) => list(length - 1, () => '{}'), jsonBounds.containers],
    ['numbers', (length) => list(length, () => '1'), jsonBounds.values],
    ['strings', (length) => list(length, () => '""'), jsonBounds.values],
    [
      'literals',
      (length) => list(length, (i) => ['null', 'true', 'false'][i % 3] ?? ''),
      jsonBounds.values
    ],
    [
      'different keys',
      (length) => list(length / 2, (i) => `{"a${i}" : 1, "b${i}":1}`),
      jsonBounds.keys
    ]
  ])('refuse too many %s before they are built, alone and in a batch', (_, textOf, bound) => {
    const tooLarge = expect.objectContaining({ code: 'EVENT_TOO_LARGE' })
    expect(scanJson(Buffer.from(textOf(bound)), {})).toBeLessThan(3)
    expect(() => scanJson(Buffer.from(textOf(bound + 2)), {})).toThrow(tooLarge)
    expect(() => splitArray(Buffer.from(`[${textOf(bound + 2)}]`))).toThrow(tooLarge)
  })

  test('count a key once, however often it is there', () => {
    const text = list(jsonBounds.keys, () => '{"a":"","b":""}')
    expect(scanJson(Buffer.from(text), {})).toBe(2)
  })

  test('count nothing in text that is more than one value', () => {
    for (const text of ['1,'.repeat(jsonBounds.values + 1), 'n'.repeat(jsonBounds.values + 1)]) {
      expect(scanJson(Buffer.from(text), {})).toBe(0)
    }
  })
})

describe('splitArray', () => {
  test.each<[string, string, string[]]>([
    ['nothing', '[]', []],
    ['nothing but spaces', ' [ \n ] ', []],
    ['a byte order mark before', '\uFEFF[1]', ['1']],
    ['spaces around', '[ {"a": 1} ,\t2\r\n]', ['{"a": 1}', '2']],
    [
      'commas and brackets inside',
      '[{"a":[1,2]},"],[",[[],[]]]',
      ['{"a":[1,2]}', '"],["', '[[],[]]']
    ],
    ['an element that is not JSON', '[{"a":1,},nonsense,{}]', ['{"a":1,}', 'nonsense', '{}']]
  ])('cuts an array with %s', (_, text, elements) => {
    expect(split(text)).toEqual(elements)
  })

  test.each([
    ['an object', '{"a":[1]}'],
    ['text', 'hello'],
    ['nothing', ' '],
    ['an array that does not end', '[1,2'],
    ['a string that does not end', '["1,2]'],
    ['an array and more', '[1] x'],
    ['two arrays', '[1][2]'],
    ['two arrays and a comma', '[1],[2]'],
    ['text before', 'x[1]'],
    ['a missing element', '[1,,2]'],
    ['a comma at the end', '[1,]'],
    ['only a comma', '[,]'],
    ['the wrong bracket', '[1}'],
    ['too many brackets', '[1]]']
  ])('refuses %s', (_, text) => {
    expect(() => split(text)).toThrow(expect.objectContaining({ code: 'JSON_INVALID' }))
  })

  test('refuses more elements than one request may bring', () => {
    const array = (length: number) => JSON.stringify(Array(length).fill(1))
    expect(split(array(MAX_BATCH_EVENTS))).toHaveLength(MAX_BATCH_EVENTS)
    expect(() => split(array(MAX_BATCH_EVENTS + 1))).toThrow(
      expect.objectContaining({ code: 'EVENT_TOO_LARGE' })
    )
  })

  test('cuts every array where its elements end', () => {
    fc.assert(
      fc.property(fc.array(fc.json()), (texts) => {
        expect(split(`[${texts.join(',')}]`)).toEqual(texts)
      })
    )
  })
})
