/**
 * How well a double represents a JSON number: `lost` is an integer that would be rounded, or a number
 * that would not be finite; `inexact` is a fraction that would be rounded.
 */
export type Exactness = 'exact' | 'inexact' | 'lost'

interface Decimal {
  /** Significant digits without zeros at either end; empty for zero. */
  readonly digits: string
  /** Power of ten of the last digit. */
  readonly exponent: number
}

/**
 * Return how well a double represents the number of this JSON text. Values are compared, not their
 * digits: `1.50` and `1e-3` are exact, `0.1` is too, because 0.1 is what its double prints as.
 */
export function exactnessOf(text: string): Exactness {
  const value = Number(text)
  if (!Number.isFinite(value)) return 'lost'
  const sent = decimalOf(text)
  if (sent.digits === '') return 'exact'
  if (sent.exponent >= 0) return Number.isSafeInteger(value) ? 'exact' : 'lost'
  const kept = decimalOf(String(value))
  return sent.digits === kept.digits && sent.exponent === kept.exponent ? 'exact' : 'inexact'
}

function decimalOf(text: string): Decimal {
  const [mantissa = '', power = '0'] = text.replace(/^-/, '').toLowerCase().split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  const all = whole + fraction
  const digits = withoutEndZeros(all)
  return {
    digits: digits.replace(/^0+/, ''),
    exponent: Number(power) - fraction.length + all.length - digits.length
  }
}

/** Cut the zeros at the end of digits. A regular expression would be quadratic in other zeros. */
export function withoutEndZeros(digits: string): string {
  let end = digits.length
  while (end > 0 && digits[end - 1] === '0') end -= 1
  return digits.slice(0, end)
}
