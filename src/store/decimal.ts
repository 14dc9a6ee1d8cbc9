import type { ScalarType } from './table.ts'

// NUMERIC is an integer in units of 10^-9 below 10^38:
// https://cloud.google.com/spanner/docs/reference/standard-sql/data-types#numeric_type
const scale = 9
const numericLimit = 10n ** 38n

/** Add two decimal `Value`s exactly; undefined when the sum does not fit the column type. */
export function addDecimals(
  type: Extract<ScalarType, 'INT64' | 'NUMERIC'>,
  a: string,
  b: string
): string | undefined {
  if (type === 'INT64') {
    const sum = BigInt(a) + BigInt(b)
    return BigInt.asIntN(64, sum) === sum ? String(sum) : undefined
  }
  const sum = toUnits(a) + toUnits(b)
  return sum > -numericLimit && sum < numericLimit ? fromUnits(sum) : undefined
}

function toUnits(text: string): bigint {
  const [whole = '', fraction = ''] = text.split('.')
  return BigInt(whole + fraction.padEnd(scale, '0'))
}

function fromUnits(units: bigint): string {
  const negative = units < 0n
  const digits = String(negative ? -units : units).padStart(scale + 1, '0')
  const fraction = digits.slice(-scale).replace(/0+$/, '')
  return `${negative ? '-' : ''}${digits.slice(0, -scale)}${fraction && `.${fraction}`}`
}
