import { expect, test } from 'vitest'
import { rowDifferences } from '../../../dev/simulator/row-differences.ts'

const expected = {
  path: 'things',
  key: ['id'],
  unpredictable: ['committed_at'],
  rows: [
    { id: 'a', value: 'red', more: { deep: [1] } },
    { id: 'b', value: null }
  ]
}
const right = [
  { id: 'b', value: null, committed_at: 'then' },
  { id: 'a', value: 'red', more: { deep: [1] }, committed_at: 'now' }
]

test('the same rows in another order do not differ', () => {
  expect(rowDifferences(expected, right)).toEqual([])
})

test.each([
  ['a row is missing', right.slice(1), ['things ["b"]: is missing']],
  [
    'a row should not be there',
    [...right, { id: 'c', value: 'x' }],
    ['things ["c"]: should not be there']
  ],
  ['a row is read twice', [...right, { id: 'b', value: null }], ['things: 1 rows were read twice']],
  [
    'a value differs',
    [{ ...right[0], value: 'blue' }, right[1] ?? {}],
    ['things ["b"]: value is "blue", expected null']
  ],
  [
    'an unexpected field is shown',
    [{ ...right[0], secret: 1 }, right[1] ?? {}],
    ['things ["b"]: secret is 1, expected absent']
  ],
  [
    'a field is not shown',
    [{ id: 'b' }, right[1] ?? {}],
    ['things ["b"]: value is absent, expected null']
  ]
])('it is reported that %s', (_name, rows, differences) => {
  expect(rowDifferences(expected, rows)).toEqual(differences)
})
