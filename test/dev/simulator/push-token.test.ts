import { expect, test } from 'vitest'
import { createAuthorization } from '../../../dev/simulator/push-token.ts'

test('one token serves for half an hour, and names the sender and the audience', () => {
  const signed: unknown[] = []
  let now = 0
  const issuer = { token: (claims: unknown) => `token ${signed.push(claims)}` }
  const identity = { audience: 'https://service', serviceAccount: 'push@project' }
  const authorize = createAuthorization(issuer, identity, () => now)
  expect(signed).toMatchObject([{ aud: 'https://service', email: 'push@project' }])
  now = 30 * 60 * 1000 - 1
  expect(authorize()).toEqual({ authorization: 'Bearer token 1' })
  now += 1
  expect(authorize()).toEqual({ authorization: 'Bearer token 2' })
})
