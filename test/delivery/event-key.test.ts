import { expect, test } from 'vitest'
import { bodyKey, eventKey } from '../../src/delivery/event-key.ts'

test('names an event by 32 hex digits of SHA-256 over its source and id', () => {
  // printf '//shop\n1' | sha256sum
  expect(eventKey('//shop', '1')).toBe('7945a7783b42a924bb02ce2f72ea2f51')
})

test('tells apart identities that would be one text without a separator', () => {
  expect(eventKey('a', 'bc')).not.toBe(eventKey('ab', 'c'))
})

test('keeps composed and decomposed characters distinct', () => {
  expect(eventKey('s', 'é'.normalize('NFC'))).not.toBe(eventKey('s', 'é'.normalize('NFD')))
})

test('names a body by its bytes', () => {
  // printf 'abc' | sha256sum
  expect(bodyKey(Buffer.from('abc'))).toBe('ba7816bf8f01cfea414140de5dae2223')
})
