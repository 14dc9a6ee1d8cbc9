import type { Json } from '../../src/values/json.ts'
import { refuses, takes } from './conversions.ts'

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
