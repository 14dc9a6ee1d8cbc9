/**
 * NUMERIC as text whose byte order is the order of the numbers: a sign digit, then the 29 integer
 * and 9 fraction digits that Spanner's NUMERIC has. Digits of a negative number are complemented
 * to nine, so that a greater magnitude comes first.
 *
 * | number | text                                        |
 * | ------ | ------------------------------------------- |
 * | -1.5   | `0` `99999999999999999999999999998` `499999999` |
 * | 0      | `1` `00000000000000000000000000000` `000000000` |
 * | 1.5    | `1` `00000000000000000000000000001` `500000000` |
 */
export function encodeNumeric(value: string): string {
  const negative = value.startsWith('-')
  const [integer = '', fraction = ''] = value.slice(negative ? 1 : 0).split('.')
  const digits = integer.padStart(integerDigits, '0') + fraction.padEnd(fractionDigits, '0')
  return negative ? `0${complement(digits)}` : `1${digits}`
}

/** Undo `encodeNumeric`. */
export function decodeNumeric(text: string): string {
  const negative = text.startsWith('0')
  const digits = negative ? complement(text.slice(1)) : text.slice(1)
  const integer = digits.slice(0, integerDigits).replace(/^0+(?=.)/, '')
  const fraction = digits.slice(integerDigits).replace(/0+$/, '')
  return `${negative ? '-' : ''}${integer}${fraction && `.${fraction}`}`
}

/** What Spanner's NUMERIC can hold: https://cloud.google.com/spanner/docs/data-types. */
export const numericPattern = /^(?!-0$)-?(0|[1-9]\d{0,28})(\.\d{0,8}[1-9])?$/

const integerDigits = 29
const fractionDigits = 9

const complement = (digits: string) => digits.replace(/\d/g, (digit) => String(9 - Number(digit)))
