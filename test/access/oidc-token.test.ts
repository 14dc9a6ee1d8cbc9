import { expect, test } from 'vitest'
import { createVerifiedTokens } from '../../src/access/oidc-token.ts'

test('the least recently used token is forgotten first', () => {
  const tokens = createVerifiedTokens(2)
  tokens.remember('a', { sub: 'a' })
  tokens.remember('b', { sub: 'b' })
  tokens.claimsOf('a')
  tokens.remember('c', { sub: 'c' })
  expect(['a', 'b', 'c'].map((token) => tokens.claimsOf(token))).toEqual([
    { sub: 'a' },
    undefined,
    { sub: 'c' }
  ])
})
