import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const rows = [
  ...readFileSync('test/faults/README.md', 'utf8').matchAll(/^\| (F\d+) .* \| (.*) \|$/gm)
]
const proofs = rows.flatMap(([, row = '', tests = '']) =>
  tests.split('<br>').map((one): readonly [string, string, string] => {
    const [, file = '', title = ''] = /^`([^`]+)`: (.+)$/.exec(one) ?? []
    return [row, title, file]
  })
)

test('every fault has a row', () => {
  expect(rows.map(([, row]) => row)).toEqual(Array.from({ length: 25 }, (_each, n) => `F${n + 1}`))
})

test.each(proofs)('%s is proved by the test "%s" in %s', (_row, title, file) => {
  expect(title).not.toBe('')
  expect(readFileSync(file, 'utf8')).toContain(`'${title}'`)
})
