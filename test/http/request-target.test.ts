import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseParameters, splitTarget } from '../../src/http/request-target.ts'

const targets: readonly [string, string, string, string][] = [
  ['a path', '/a/b', '/a/b', ''],
  ['a path with a query', '/a%2Fb?c=d?e', '/a%2Fb', 'c=d?e'],
  ['an absolute target', 'http://host:80/a?b', '/a', 'b'],
  ['a path with a scheme in it', '/http://x/?', '/http://x/', ''],
  ['a fragment that should not be there', '/a#b', '/a', 'b']
]

test.each(targets)('%s is split and not decoded', (_name, target, path, query) => {
  expect(splitTarget(target)).toEqual({ path, query })
})

test('parameters read whatever URLSearchParams writes', () => {
  const names = fc.string({ unit: 'grapheme', minLength: 1 })
  fc.assert(
    fc.property(fc.dictionary(names, fc.string({ unit: 'grapheme' })), (record) => {
      const entries = Object.entries(record)
      expect([...parseParameters(String(new URLSearchParams(entries)))]).toEqual(entries)
    })
  )
})
