import { refuses, takes } from './conversions.ts'

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
