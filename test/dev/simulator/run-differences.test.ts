import { expect, test } from 'vitest'
import { runDifferences } from '../../../dev/simulator/run-differences.ts'

const expected = [
  { path: 'things', key: ['source', 'id'], rows: [{ source: 's', id: '1-a', n: 1 }] }
]

function reading(rows: readonly unknown[]) {
  const asked: string[] = []
  const get = async (path: string) => {
    asked.push(path)
    return { status: 200, link: undefined, body: JSON.stringify(rows) }
  }
  return { asked, get }
}

const right = { source: 's', id: '1-a', n: 1 }

test('rows of other runs are ignored', async () => {
  const client = reading([right, { source: 's', id: '11-a', n: 2 }, { source: '1', id: 'x', n: 3 }])
  expect(await runDifferences(client, expected, '1-')).toEqual([])
  expect(client.asked).toEqual(['/api/v1/things?limit=1000'])
})

test.each([
  ['one that is missing', [], ['things ["s","1-a"]: is missing']],
  ['one too many', [right, { ...right, id: '1-b' }], ['things ["s","1-b"]: should not be there']],
  ['one that differs', [{ ...right, n: 2 }], ['things ["s","1-a"]: n is 2, expected 1']]
])('among the rows of the run, %s is reported', async (_name, rows, differences) => {
  expect(await runDifferences(reading(rows), expected, '1-')).toEqual(differences)
})
