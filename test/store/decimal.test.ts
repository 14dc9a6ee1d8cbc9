import { expect, test } from 'vitest'
import { addDecimals } from '../../src/values/numeric.ts'

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
  expect(addDecimals(type, a, b)).toBe(sum)
})
