import fc from 'fast-check'
import { expect, test } from 'vitest'
import { exactnessOf } from '../../src/values/exact-numbers.ts'

test.each([
  ['0', 'exact'],
  ['-0.0e5', 'exact'],
  ['1.50', 'exact'],
  ['1e-3', 'exact'],
  ['0.001', 'exact'],
  ['100e-2', 'exact'],
  ['9007199254740991', 'exact'],
  ['900719925474099.1e1', 'exact'],
  ['9007199254740992', 'lost'],
  ['90071992547409920e-1', 'lost'],
  ['1e309', 'lost'],
  ['5e-324', 'exact'],
  ['4.9406564584124654e-324', 'inexact'],
  ['0.1000000000000000055', 'inexact'],
  ['1e-500', 'inexact']
])('calls %s %s', (text, exactness) => {
  expect(exactnessOf(text)).toBe(exactness)
})

test('the shortest text of every fraction is exact, and no longer text is', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), (value) => {
      fc.pre(!Number.isInteger(value))
      expect(exactnessOf(String(value))).toBe('exact')
      const [mantissa, power] = String(value).split('e')
      const longer = `${mantissa}000000000000000000001${power ? `e${power}` : ''}`
      fc.pre(String(mantissa).includes('.'))
      expect(exactnessOf(longer)).toBe('inexact')
    })
  )
})
