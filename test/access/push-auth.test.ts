import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { startTokenIssuer } from '../../dev/local/token-issuer.ts'
import { createPushAuth } from '../../src/access/push-auth.ts'
import { openPushAuth } from './open-push-auth.ts'
import { audience, claims, email, encode, infiniteClaim } from './signed-token.ts'
import { attacks, google, issuerKeys } from './token-attacks.ts'
import { keySet } from './token-issuer.ts'

const seconds = 1_790_000_000
const now = () => seconds * 1000

describe('with oidc', () => {
  test.each([
    ['a token of Pub/Sub', {}],
    ['the issuer without a scheme', { iss: 'accounts.google.com' }],
    ['an exp of 59 s ago', { exp: seconds - 59 }],
    ['an iat in 60 s', { iat: seconds + 60 }],
    ['an nbf in 60 s', { nbf: seconds + 60 }],
    ['no iat', { iat: undefined }]
  ])('%s lets a push in', async (_name, differences) => {
    const { outcome } = await openPushAuth({ now })
    const token = google.sign(claims(differences, now()))
    expect(await outcome(`Bearer ${token}`)).toBe('in')
    expect(await outcome(`Bearer ${token}`)).toBe('in')
  })

  test.each([
    ['an exp of 60 s ago', { exp: seconds - 60 }],
    ['an iat in 61 s', { iat: seconds + 61 }],
    ['an nbf in 61 s', { nbf: seconds + 61 }]
  ])('%s does not let a push in', async (_name, differences) => {
    const { outcome } = await openPushAuth({ now })
    const token = google.sign(claims(differences, now()))
    expect(await outcome(`Bearer ${token}`)).toMatchObject({ code: 'TOKEN_INVALID' })
  })

  test.each([
    ['bearer', 'bearer '],
    ['BEARER', 'BEARER '],
    ['Bearer and two spaces', 'Bearer  ']
  ])('the scheme may be written %s', async (_name, scheme) => {
    const { outcome } = await openPushAuth()
    expect(await outcome(scheme + google.sign(claims()))).toBe('in')
  })

  test('every service account in the list may push', async () => {
    const { outcome } = await openPushAuth({ serviceAccounts: ['a@p.example', email] })
    expect(await outcome(`Bearer ${google.sign(claims())}`)).toBe('in')
    expect(await outcome(`Bearer ${google.sign(claims({ email: 'a@p.example' }))}`)).toBe('in')
  })

  test.each([
    ['is let in', 'once', {}, 1],
    ['is forbidden', 'each time', { email: 'other@p.example' }, 2]
  ])('a token that %s is verified %s', async (_what, _often, differences, times) => {
    const verify = vi.spyOn(crypto.subtle, 'verify')
    onTestFinished(() => verify.mockRestore())
    const { outcome } = await openPushAuth()
    const token = google.sign(claims(differences))
    await outcome(`Bearer ${token}`)
    await outcome(`Bearer ${token}`)
    expect(verify).toHaveBeenCalledTimes(times)
  })

  test('a token that was let in is refused once it has expired', async () => {
    let time = now()
    const { outcome } = await openPushAuth({ now: () => time })
    const token = google.sign(claims({}, now()))
    expect(await outcome(`Bearer ${token}`)).toBe('in')
    time += 3_600_000
    expect(await outcome(`Bearer ${token}`)).toMatchObject({ code: 'TOKEN_INVALID' })
  })

  test('a token that was let in does not let a similar one in', async () => {
    const { outcome } = await openPushAuth()
    const token = google.sign(claims())
    expect(await outcome(`Bearer ${token}`)).toBe('in')
    const [header, , signature] = token.split('.')
    const forged = `${header}.${encode(claims({ sub: '2' }))}.${signature}`
    expect(await outcome(`Bearer ${forged}`)).toMatchObject({ code: 'TOKEN_INVALID' })
  })

  test('the token of the local issuer lets a push in', async () => {
    const issuer = await startTokenIssuer()
    const { outcome } = await openPushAuth({ certsUrl: issuer.url })
    expect(await outcome(`Bearer ${issuer.token({ aud: audience, email })}`)).toBe('in')
    await issuer.close()
  })

  test.each([
    ['an audience', { audience: undefined }],
    ['a service account', { serviceAccounts: [] }]
  ])('the check cannot be created without %s', async (_name, missing) => {
    await expect(openPushAuth(missing)).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
  })
})

describe('with cloud-run', () => {
  const removed = 'SIGNATURE_REMOVED_BY_GOOGLE'
  const stripped = (differences = {}) =>
    `Bearer ${encode({ alg: 'RS256', kid: 'k' })}.${encode(claims(differences))}.${removed}`
  const endless = Buffer.from(infiniteClaim('exp', '1e400')).toString('base64url')
  const open = { mode: 'cloud-run', audience: undefined, serviceAccounts: [] } as const

  test('a token whose signature Cloud Run has removed lets a push in, and no key is fetched', async () => {
    const { outcome, certs } = await openPushAuth({ mode: 'cloud-run' })
    expect(await outcome(stripped())).toBe('in')
    expect(certs.requests).toEqual([])
  })

  test('audience and principal are checked only where they are set', async () => {
    const { outcome } = await openPushAuth(open)
    expect(await outcome(stripped({ aud: 'other', email: 'other@p.example' }))).toBe('in')
  })

  test.each([
    ['no token', [], 'TOKEN_INVALID'],
    ['a token with a good signature', [`Bearer ${google.sign(claims())}`], 'TOKEN_INVALID'],
    ['a placeholder in lower case', [stripped().toLowerCase()], 'TOKEN_INVALID'],
    ['more than the placeholder', [`${stripped()}x`], 'TOKEN_INVALID'],
    ['two tokens', [stripped(), stripped()], 'TOKEN_INVALID'],
    ['an expired token', [stripped({ exp: 1 })], 'TOKEN_INVALID'],
    ['an exp that is infinite', [`Bearer ${encode({})}.${endless}.${removed}`], 'TOKEN_INVALID'],
    ['another issuer', [stripped({ iss: 'https://evil.example' })], 'TOKEN_INVALID'],
    ['another audience', [stripped({ aud: 'other' })], 'TOKEN_INVALID'],
    ['another service account', [stripped({ email: 'other@p.example' })], 'CALLER_FORBIDDEN'],
    ['an email that is not verified', [stripped({ email_verified: false })], 'CALLER_FORBIDDEN']
  ])('%s does not let a push in', async (_name, lines, code) => {
    const { outcome } = await openPushAuth({ mode: 'cloud-run' })
    expect(await outcome(...lines)).toMatchObject({ code })
  })

  test('the token that Cloud Run has checked decides, not the one in Authorization', async () => {
    const { auth } = await openPushAuth({ mode: 'cloud-run' })
    const mine = stripped({ email: 'other@p.example' })
    const both = { authorization: [stripped()], 'x-serverless-authorization': [mine] }
    await expect(auth.authenticate(both)).rejects.toMatchObject({ code: 'CALLER_FORBIDDEN' })
  })
})

test('with none a push needs no token', async () => {
  const auth = await createPushAuth({
    mode: 'none',
    audience: undefined,
    serviceAccounts: [],
    certsUrl: 'http://127.0.0.1:9/certs',
    now,
    onFailure: () => undefined
  })
  await auth.authenticate({})
})

test('a push is let in or refused, whatever JSON its header and claims have', async () => {
  const { outcome } = await openPushAuth({}, keySet(issuerKeys))
  const names = ['alg', 'kid', 'typ', 'crit', 'b64', 'jwk', 'exp', 'iat', 'nbf', 'aud', 'email']
  const members = fc.dictionary(fc.constantFrom(...names), fc.jsonValue())
  await fc.assert(
    fc.asyncProperty(members, members, async (header, differences) => {
      const result = await outcome(`Bearer ${google.sign(claims(differences), header)}`)
      expect(['in', 'TOKEN_INVALID', 'CALLER_FORBIDDEN']).toContain(
        result === 'in' ? result : result.code
      )
    })
  )
})

/** The parts of a token that are long enough to be recognized. */
function secretsOf(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => line.split(/[\s.,]/)).filter((part) => part.length > 20)
}

test.each(attacks)('$name does not let a push in', async ({ authorization, code }) => {
  const { outcome } = await openPushAuth({}, keySet(issuerKeys))
  const failure = await outcome(...authorization)
  expect(failure).toMatchObject({ code })
  const told = inspect(failure, { depth: 9 })
  for (const secret of secretsOf(authorization)) expect(told).not.toContain(secret)
})
