import { expect, test } from 'vitest'
import { textTable } from '../../src/cli/text-table.ts'

test('words are aligned left, numbers right, and the first line is underlined', () => {
  const rows = [
    ['what', 'how many', 'why'],
    ['apples', '1,024', 'red'],
    ['figs', '7', 'for the taste']
  ]
  expect(textTable(rows)).toEqual([
    'what    how many  why',
    '───────────────────────────────',
    'apples     1,024  red',
    'figs           7  for the taste'
  ])
})
