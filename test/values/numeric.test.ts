import { expect, test } from 'vitest'
import { convert, refusal, refuses, takes } from './conversions.ts'

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
