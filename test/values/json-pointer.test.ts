import { expect, test } from 'vitest'
import { compileSource } from '../../src/contracts/sources.ts'
import type { Json } from '../../src/values/json.ts'
import { formatPointer, parsePointer, resolve } from '../../src/values/json-pointer.ts'

// The example of RFC 6901 section 5, without the pointer to the whole document, which contracts
// cannot use.
const document: Json = {
  foo: ['bar', 'baz'],
  '': 0,
  'a/b': 1,
  'c%d': 2,
  'e^f': 3,
  'g|h': 4,
  'i\\j': 5,
  'k"l': 6,
  ' ': 7,
  'm~n': 8,
  '~1': 9
}

test.each([
  ['/foo', ['bar', 'baz']],
  ['/foo/0', 'bar'],
  ['/', 0],
  ['/a~1b', 1],
  ['/c%d', 2],
  ['/e^f', 3],
  ['/g|h', 4],
  ['/i\\j', 5],
  ['/k"l', 6],
  ['/ ', 7],
  ['/m~0n', 8],
  ['/~01', 9]
])('%s points to %j', (pointer, value) => {
  const tokens = parsePointer(pointer)
  expect(resolve(document, tokens)).toEqual(value)
  expect(formatPointer(...tokens)).toBe(pointer)
})

test.each([
  '/none',
  '/foo/2',
  '/foo/-',
  '/foo/00',
  '/foo/length',
  '/foo/0/0',
  '/constructor',
  '/__proto__'
])('%s points to nothing', (pointer) => {
  expect(resolve(document, parsePointer(pointer))).toBeUndefined()
})

test('a source sees no attribute that an event only inherits', () => {
  const scope = { event: {}, inexact: new Set<string>() }
  expect(compileSource('/constructor', false).read(scope)).toBeUndefined()
})
