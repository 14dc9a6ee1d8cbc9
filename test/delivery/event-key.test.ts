import { expect, test } from 'vitest'
import { bodyKey, eventKey } from '../../src/delivery/provenance.ts'

test('names an event by 32 hex digits of SHA-256 over its source and id', () => {
  // printf '//shop\n1' | sha256sum
  expect(eventKey('//shop', '1')).toBe('7945a7783b42a924bb02ce2f72ea2f51')
})

test('distinguishes identities that would be equal without a separator', () => {
  expect(eventKey('a', 'bc')).not.toBe(eventKey('ab', 'c'))
})

test('keeps composed and decomposed characters distinct', () => {
  expect(eventKey('s', 'é'.normalize('NFC'))).not.toBe(eventKey('s', 'é'.normalize('NFD')))
})

test('names a body by its bytes', () => {
  // printf 'abc' | sha256sum
  const body = Buffer.from('abc')
  expect(bodyKey({ headers: {}, body })).toBe('ba7816bf8f01cfea414140de5dae2223')
})

test('distinguishes events in binary mode by their attributes only', () => {
  const keyOf = (headers: Record<string, readonly string[]>) =>
    bodyKey({ headers, body: Buffer.from('{}') })
  const one = keyOf({ 'ce-subject': ['one'], 'ce-type': ['t'] })
  expect(keyOf({ 'ce-subject': ['two'], 'ce-type': ['t'] })).not.toBe(one)
  expect(keyOf({ 'ce-type': ['t'], 'ce-subject': ['one'], 'user-agent': ['x'] })).toBe(one)
})
