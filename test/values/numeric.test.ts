import { describe, expect, test } from 'vitest'
import { addValues } from '../../src/values/column-types.ts'
import { convert, refusal, refuses, takes } from './conversions.ts'

describe('INT64', () => {
  takes('INT64', [
    ['zero', 0, '0'],
    ['minus zero', -0, '0'],
    ['the text of minus zero', '-0', '0'],
    ['a negative number', -7, '-7'],
    ['the largest safe integer', 9_007_199_254_740_991, '9007199254740991'],
    ['the text of an unsafe integer', '9007199254740993', '9007199254740993'],
    ['the largest INT64', '9223372036854775807', '9223372036854775807'],
    ['the smallest INT64', '-9223372036854775808', '-9223372036854775808'],
    ['an integer that JSON wrote with an exponent', 1e3, '1000']
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
    expect(refusal(() => convert('INT64', 1, ['/data/x']))).toBe(
      `VALUE_INVALID /data/x: ${rounded}`
    )
  })
})

describe('NUMERIC', () => {
  const digits29 = '9'.repeat(29)

  takes('NUMERIC', [
    ['decimal text', '12.50', '12.5'],
    ['an integer', '7', '7'],
    ['a fraction of zeros', '7.000', '7'],
    ['zero', '0.0', '0'],
    ['minus zero', '-0.00', '0'],
    ['a negative fraction', '-0.5', '-0.5'],
    ['29 digits before and 9 after the point', `${digits29}.123456789`, `${digits29}.123456789`],
    ['zeros beyond the ninth fraction digit', '1.1234567890000', '1.123456789'],
    ['a number', 12.5, '12.5'],
    ['a number that is not exact in binary, by its shortest text', 0.1, '0.1'],
    ['a number that JavaScript spells 1e-7', 0.0000001, '0.0000001'],
    ['a number that JavaScript spells 1.5e-7', -0.00000015, '-0.00000015'],
    ['a number that JavaScript spells 1.5e+21', 1.5e21, `15${'0'.repeat(20)}`],
    ['minus zero as a number', -0, '0']
  ])

  const tooLong = 'has more than 29 digits before or 9 digits after the point'
  const plain = 'is not a number in plain decimal digits'

  refuses('NUMERIC', [
    ['30 digits before the point', `1${'0'.repeat(29)}`, tooLong],
    ['10 digits after the point', '0.1234567891', tooLong],
    ['a number with too many digits', 1e29, tooLong],
    ['a number that is too small', 1e-10, tooLong],
    ['a million zeros before another digit', `0.${'0'.repeat(1_000_000)}1`, tooLong],
    ['an exponent in text', '1e3', plain],
    ['a plus sign', '+1', plain],
    ['leading zeros', '01', plain],
    ['no digit before the point', '.5', plain],
    ['no digit after the point', '5.', plain],
    ['a decimal comma', '1,5', plain],
    ['a space', '1 ', plain],
    ['a line feed', '1\n', plain],
    ['empty text', '', plain],
    ['text for no number', 'NaN', plain],
    ['an infinite number', Number.POSITIVE_INFINITY, 'is not a finite number'],
    ['a boolean', false, 'is not a decimal number'],
    ['an object', {}, 'is not a decimal number']
  ])

  test('NUMERIC refuses a number whose text had more digits than a double holds', () => {
    expect(refusal(() => convert('NUMERIC', 0.1, ['/data/x']))).toBe(
      'VALUE_INVALID /data/x: is a number that would be rounded; send it as a string'
    )
  })
})

describe('FLOAT64 and FLOAT32', () => {
  takes('FLOAT64', [
    ['a fraction', 0.1, 0.1],
    ['an integer', 2, 2],
    ['minus zero as zero', -0, 0],
    ['the largest double', 1.7976931348623157e308, 1.7976931348623157e308],
    ['the smallest double', 5e-324, 5e-324]
  ])

  refuses('FLOAT64', [
    ['an infinite number', Number.POSITIVE_INFINITY, 'is outside of the range of FLOAT64'],
    ['no number', Number.NaN, 'is outside of the range of FLOAT64'],
    ['text', '1.5', 'is not a number'],
    ['a boolean', true, 'is not a number']
  ])

  takes('FLOAT32', [
    ['a number that a float holds', 0.5, 0.5],
    ['the float nearest to a number', 0.1, 0.10000000149011612],
    ['the largest float', 3.4028234663852886e38, 3.4028234663852886e38]
  ])

  refuses('FLOAT32', [['a double beyond its range', 3.5e38, 'is outside of the range of FLOAT32']])
})

describe('sums', () => {
  const nines = '9'.repeat(29)

  test.each([
    ['INT64', '9223372036854775806', '1', '9223372036854775807'],
    ['INT64', '9223372036854775807', '1', undefined],
    ['INT64', '-9223372036854775808', '-1', undefined],
    ['INT64', '-5', '5', '0'],
    ['NUMERIC', '0.1', '0.2', '0.3'],
    ['NUMERIC', '-0.5', '0.25', '-0.25'],
    ['NUMERIC', '-0.000000001', '1', '0.999999999'],
    ['NUMERIC', '1.5', '-1.5', '0'],
    ['NUMERIC', '12', '30', '42'],
    ['NUMERIC', `${nines}.999999998`, '0.000000001', `${nines}.999999999`],
    ['NUMERIC', `${nines}.999999999`, '0.000000001', undefined],
    ['NUMERIC', `-${nines}.999999999`, '-0.000000001', undefined]
  ] as const)('as %s, %s plus %s is %s', (type, a, b, sum) => {
    expect(addValues({ scalar: type, array: false }, a, b)).toBe(sum)
  })
})
