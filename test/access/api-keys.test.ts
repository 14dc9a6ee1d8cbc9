import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createApiKey, parseApiKeys } from '../../src/access/api-keys.ts'

const sha256 = createHash('sha256').update('any').digest('hex')
const entry = { name: 'reporting', sha256 }
const secretOf = (...keys: readonly unknown[]) => JSON.stringify({ keys })

describe('the secret with the API keys', () => {
  test.each([
    ['no key', secretOf()],
    ['a key', secretOf(entry)],
    ['a key that expires', secretOf({ ...entry, expires: '2027-01-01T00:00:00+02:00' })],
    ['a key for some collections', secretOf({ ...entry, collections: ['items', 'orders'] })],
    ['white space around it', `\n ${secretOf(entry)}\n`]
  ])('may have %s', (_name, text) => {
    expect(parseApiKeys(Buffer.from(text))).toHaveLength(JSON.parse(text).keys.length)
  })

  test('may begin with a byte order mark', () => {
    expect(parseApiKeys(Buffer.from(`\uFEFF${secretOf(entry)}`))).toHaveLength(1)
  })

  test.each([
    ['nothing', '', 'it is not JSON'],
    ['half of it', secretOf(entry).slice(0, -2), 'it is not JSON'],
    ['null', 'null', 'it must be object'],
    ['an array', '[]', 'it must be object'],
    ['no keys', '{}', "it must have required property 'keys'"],
    ['another member', '{"keys":[],"extra":1}', 'it must NOT have additional properties'],
    ['an entry without a name', secretOf({ sha256 }), "/keys/0 must have required property 'name'"],
    ['an entry with a key in clear', secretOf({ ...entry, key: 'lf_x' }), '/keys/0 must NOT have'],
    ['a name with a space', secretOf({ ...entry, name: 'a b' }), '/keys/0/name must match'],
    ['a short hash', secretOf({ ...entry, sha256: 'abc' }), '/keys/0/sha256 must match'],
    [
      'an impossible date',
      secretOf({ ...entry, expires: '2027-02-30T00:00:00Z' }),
      '/expires must'
    ],
    ['an expiry that is a number', secretOf({ ...entry, expires: 1 }), '/expires must be string'],
    [
      'no collections at all',
      secretOf({ ...entry, collections: [] }),
      '/collections must NOT have'
    ],
    [
      'a collection with a space',
      secretOf({ ...entry, collections: [' x'] }),
      '/collections/0 must'
    ],
    [
      'one name twice',
      secretOf(entry, { ...entry, sha256: sha256.replace(/./, '0') }),
      'same name'
    ],
    ['one hash twice', secretOf(entry, { ...entry, name: 'other' }), 'same sha256']
  ])('may not be or have %s', (_name, text, fault) => {
    expect(() => parseApiKeys(Buffer.from(text))).toThrow(
      expect.objectContaining({ code: 'SECRET_INVALID', message: expect.stringContaining(fault) })
    )
  })

  test('is not quoted when it is malformed', () => {
    for (const text of [
      'lf_pasted-by-mistake',
      secretOf({ name: 'lf_pasted by mistake', sha256 })
    ]) {
      try {
        parseApiKeys(Buffer.from(text))
        expect.unreachable()
      } catch (error) {
        expect(error).not.toHaveProperty('cause')
        expect(String(error)).not.toContain('pasted')
      }
    }
  })
})

test('makes keys of one shape, each of them different', () => {
  const keys = Array.from({ length: 100 }, createApiKey)
  expect(keys.filter((key) => !/^lf_[A-Za-z0-9_-]{43}$/.test(key))).toEqual([])
  expect(new Set(keys).size).toBe(100)
})
