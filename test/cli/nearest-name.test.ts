import { expect, test } from 'vitest'
import { nearestName } from '../../src/cli/nearest-name.ts'

const names = ['DATA_INVALID', 'DATA_AMBIGUOUS', 'JSON_INVALID', 'VALUE_INVALID']

test.each([
  ['a letter is missing', 'DATA_INVALD', 'DATA_INVALID'],
  ['a letter is added', 'JSSON_INVALID', 'JSON_INVALID'],
  ['a letter is another', 'VALUE-INVALID', 'VALUE_INVALID'],
  ['two letters are swapped', 'DATA_AMBIUGOUS', 'DATA_AMBIGUOUS'],
  ['the end is missing', 'DATA_INVAL', 'DATA_INVALID']
])('finds the name when %s', (_what, misspelled, name) => {
  expect(nearestName(misspelled, names)).toBe(name)
})

test.each(['NOPE', '', 'DATA', 'EVENT_TYPE_UNKNOWN'])('finds no name near %j', (text) => {
  expect(nearestName(text, names)).toBeUndefined()
})
