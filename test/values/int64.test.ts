import { expect, test } from 'vitest'
import { convert, refusal, refuses, takes } from './conversions.ts'

takes('INT64', [
  ['zero', 0, '0'],
  ['minus zero', -0, '0'],
  ['the text of minus zero', '-0', '0'],
  ['a negative number', -7, '-7'],
  ['the largest safe integer', 9_007_199_254_740_991, '9007199254740991'],
  ['the text of an unsafe integer', '9007199254740993', '9007199254740993'],
  ['the largest INT64', '9223372036854775807', '9223372036854775807'],
  ['the smallest INT64', '-9223372036854775808', '-9223372036854775808'],
  ['an integer that JSON spelled with an exponent', 1e3, '1000']
])

const plain = 'is not an integer in plain decimal digits'
const rounded = 'is an integer that would be rounded; send it as a string'
const range = 'is outside of the range of INT64'

refuses('INT64', [
  ['the largest INT64 plus one', '9223372036854775808', range],
  ['the smallest INT64 minus one', '-9223372036854775809', range],
  ['twenty digits', '10000000000000000000', plain],
  ['an unsafe integer', 9_007_199_254_740_992, rounded],
  ['a fraction', 1.5, 'is not an integer'],
  ['an infinite number', Number.POSITIVE_INFINITY, 'is not an integer'],
  ['leading zeros', '01', plain],
  ['a plus sign', '+1', plain],
  ['a decimal point', '1.0', plain],
  ['a space', ' 1', plain],
  ['a line feed', '1\n', plain],
  ['an exponent', '1e3', plain],
  ['hexadecimal digits', '0x10', plain],
  ['Arabic digits', '١', plain],
  ['empty text', '', plain],
  ['a boolean', true, 'is not an integer'],
  ['an array of one', ['1'], 'is not an integer']
])

test('INT64 refuses a number whose text had more digits than a double holds', () => {
  expect(refusal(() => convert('INT64', 1, ['/data/x']))).toBe(`VALUE_INVALID /data/x: ${rounded}`)
})
