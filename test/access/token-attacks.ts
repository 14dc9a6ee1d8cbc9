import { createHash, createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import {
  audience,
  type Claims,
  claims,
  createIssuerKey,
  email,
  encode,
  forge,
  infiniteClaim,
  pss,
  publicJwk,
  rs256,
  rsa
} from './signed-token.ts'

const attacker = rsa(2048)
const weak = rsa(1024)
const encryption = rsa(2048)
const signing = rsa(2048)
const twin = rsa(2048)
const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' })

export const google = createIssuerKey('google')

/** A request that must be refused. */
export interface Attack {
  readonly name: string
  readonly code: 'TOKEN_INVALID' | 'CALLER_FORBIDDEN'
  readonly authorization: readonly string[]
  readonly url?: string
  /** The answer on the wire, when Node refuses the header before the service. */
  readonly wireStatus?: number
}

/** The key set of the issuer under attack: one good key among bad ones. */
export const issuerKeys: readonly unknown[] = [
  google.jwk,
  { ...publicJwk(weak), kid: 'weak', use: 'sig' },
  { ...publicJwk(attacker), kid: 'one', e: 'AQ', use: 'sig' },
  { ...publicJwk(encryption), kid: 'encryption', use: 'enc' },
  { ...publicJwk(signing), kid: 'signing', key_ops: ['sign'] },
  { ...publicJwk(signing), kid: 'nothing', use: 'sig', key_ops: [] },
  { ...publicJwk(signing), kid: 'text', key_ops: 'verify' },
  { ...publicJwk(twin), kid: 'twin', use: 'sig' },
  { ...google.jwk, kid: 'twin' },
  { ...publicJwk(twin), kid: 'ps256', alg: 'PS256' },
  { ...publicJwk(curve), kid: 'curve' },
  { ...google.jwk, kty: 'EC', kid: 'mislabeled' },
  { kty: 'oct', k: 'c2VjcmV0', kid: 'oct' },
  null,
  'key'
]

const byAttacker = (header: Claims) => forge({ alg: 'RS256', ...header }, rs256(attacker))

/** A "signature" under the exponent 1: the padding and the hash, unchanged. */
function exponentOne(signed: string): Buffer {
  const prefix = Buffer.from('003031300d060960864801650304020105000420', 'hex')
  const hash = createHash('sha256').update(signed).digest()
  const padding = Buffer.alloc(256 - 2 - prefix.length - hash.length, 0xff)
  return Buffer.concat([Buffer.from([0, 1]), padding, prefix, hash])
}

const good = google.sign(claims())
const [goodHeader, goodClaims, goodSignature] = good.split('.')
const seconds = Math.floor(Date.now() / 1000)
const publicPem = createPublicKey({ key: google.jwk, format: 'jwk' }).export({
  type: 'spki',
  format: 'pem'
})

/** The same bytes in base64url: the last four bits of the last character are ignored. */
function respell(token: string): string {
  const last = token.charCodeAt(token.length - 1)
  return token.slice(0, -1) + String.fromCharCode(last + 1)
}

/** A good signature over these bytes in place of the claims. */
function signRaw(text: string): string {
  const signed = `${goodHeader}.${Buffer.from(text).toString('base64url')}`
  return `${signed}.${google.signText(signed).toString('base64url')}`
}

const forgeries: Readonly<Record<string, string>> = {
  'alg none without a signature': forge({ alg: 'none' }, () => Buffer.alloc(0)),
  'alg None with a signature': forge({ alg: 'None' }, rs256(attacker)),
  'alg nOnE with a signature': forge({ alg: 'nOnE' }, rs256(attacker)),
  'alg none over a good signature': `${encode({ alg: 'none', kid: 'google' })}.${goodClaims}.${goodSignature}`,
  'no alg': google.sign(claims(), { alg: undefined }),
  'alg as a list': google.sign(claims(), { alg: ['RS256'] }),
  'alg rs256 in lower case': google.sign(claims(), { alg: 'rs256' }),
  'an empty signature': `${goodHeader}.${goodClaims}.`,
  'the signature of another token': `${goodHeader}.${encode(claims({ sub: '2' }))}.${goodSignature}`,
  'a signature with other unused last bits': respell(good),
  'a signature with padding': `${good}==`,
  'the placeholder of Cloud Run': `${goodHeader}.${goodClaims}.SIGNATURE_REMOVED_BY_GOOGLE`,
  'no dots': good.replaceAll('.', ''),
  'two parts': `${goodHeader}.${goodClaims}`,
  'four parts': `${good}.${goodSignature}`,
  'an encrypted token of five parts': `${good}.${goodSignature}.${goodSignature}`,
  'an empty token': '',
  'a header that is not JSON': `e30x.${goodClaims}.${goodSignature}`,
  'a header that is a list': `${encode([])}.${goodClaims}.${goodSignature}`,
  'claims that are null': signRaw('null'),
  'claims that are not JSON': signRaw('not json'),
  'HS256 keyed with the public key': forge({ alg: 'HS256' }, (signed) =>
    createHmac('sha256', publicPem).update(signed).digest()
  ),
  'HS256 keyed with nothing': forge({ alg: 'HS256' }, (signed) =>
    createHmac('sha256', '').update(signed).digest()
  ),
  'ES256 with a key of the set': forge({ alg: 'ES256', kid: 'curve' }, (signed) =>
    sign('sha256', Buffer.from(signed), { key: curve.privateKey, dsaEncoding: 'ieee-p1363' })
  ),
  'RS256 that names a curve of the set': forge({ alg: 'RS256', kid: 'curve' }, (signed) =>
    sign('sha256', Buffer.from(signed), curve.privateKey)
  ),
  'PS256 with a key of the set': forge({ alg: 'PS256', kid: 'ps256' }, pss(twin.privateKey)),
  'RS256 with a key for PS256': forge({ alg: 'RS256', kid: 'ps256' }, rs256(twin)),
  'RS256 that names a symmetric key': byAttacker({ kid: 'oct' }),
  'a key of the sender under the good kid': byAttacker({}),
  'an embedded jwk': byAttacker({ jwk: publicJwk(attacker) }),
  'an embedded jwk and another kid': byAttacker({ kid: 'mine', jwk: publicJwk(attacker) }),
  'a jku': byAttacker({ jku: 'http://127.0.0.1:9/certs' }),
  'an x5u': byAttacker({ x5u: 'http://127.0.0.1:9/cert.pem' }),
  'an x5c': byAttacker({ x5c: [publicJwk(attacker).n] }),
  'a good signature beside an embedded jwk': google.sign(claims(), { jwk: publicJwk(attacker) }),
  'a good signature beside a jku': google.sign(claims(), { jku: 'http://127.0.0.1:9/certs' }),
  'no kid': google.sign(claims(), { kid: undefined }),
  'a kid that is a number': google.sign(claims(), { kid: 1 }),
  'an unknown kid': byAttacker({ kid: 'unknown' }),
  'a kid that is a path': forge({ alg: 'HS256', kid: '../../dev/null' }, (signed) =>
    createHmac('sha256', '').update(signed).digest()
  ),
  'a kid that is SQL': byAttacker({ kid: "' UNION SELECT 'secret" }),
  'a kid that every object has': byAttacker({ kid: 'constructor' }),
  'a kid that two keys share, with the first': forge({ alg: 'RS256', kid: 'twin' }, rs256(twin)),
  'a kid that two keys share, with the second': google.sign(claims(), { kid: 'twin' }),
  'a key that is not called RSA': google.sign(claims(), { kid: 'mislabeled' }),
  'an unknown crit': google.sign(claims(), { crit: ['exp'], exp: 1 }),
  'an empty crit': google.sign(claims(), { crit: [] }),
  'b64 false': google.sign(claims(), { b64: false, crit: ['b64'] }),
  'b64 false without crit': google.sign(claims(), { b64: false }),
  'another typ': google.sign(claims(), { typ: 'secevent+jwt' }),
  'a key of 1024 bits': forge({ alg: 'RS256', kid: 'weak' }, rs256(weak)),
  'a key with the exponent 1': forge({ alg: 'RS256', kid: 'one' }, exponentOne),
  'a key for encryption': forge({ alg: 'RS256', kid: 'encryption' }, rs256(encryption)),
  'a key that may only sign': forge({ alg: 'RS256', kid: 'signing' }, rs256(signing)),
  'a key that may do nothing': forge({ alg: 'RS256', kid: 'nothing' }, rs256(signing)),
  'a key whose key_ops is text': forge({ alg: 'RS256', kid: 'text' }, rs256(signing)),
  'the audience of another service': google.sign(claims({ aud: 'https://other.example.com' })),
  'no audience': google.sign(claims({ aud: undefined })),
  'an audience list without ours': google.sign(claims({ aud: ['https://other.example.com'] })),
  'an audience list with ours': google.sign(claims({ aud: [audience] })),
  'an audience that begins as ours': google.sign(claims({ aud: `${audience}.evil.example` })),
  'an audience that ours begins with': google.sign(claims({ aud: audience.slice(0, -1) })),
  'an audience with a trailing slash': google.sign(claims({ aud: `${audience}/` })),
  'an audience in upper case': google.sign(claims({ aud: audience.toUpperCase() })),
  'another issuer': google.sign(claims({ iss: 'https://evil.example' })),
  'an issuer with a trailing slash': google.sign(claims({ iss: 'https://accounts.google.com/' })),
  'an issuer over http': google.sign(claims({ iss: 'http://accounts.google.com' })),
  'an issuer list': google.sign(claims({ iss: ['https://accounts.google.com'] })),
  'no issuer': google.sign(claims({ iss: undefined })),
  'an exp that has passed': google.sign(claims({ exp: seconds - 90 })),
  'no exp': google.sign(claims({ exp: undefined })),
  'an exp that is text': google.sign(claims({ exp: String(seconds + 3600) })),
  'an exp that is null': google.sign(claims({ exp: null })),
  'an exp that is true': google.sign(claims({ exp: true })),
  'an exp that is a list': google.sign(claims({ exp: [seconds + 3600] })),
  'an exp that is an object': google.sign(claims({ exp: { valueOf: seconds + 3600 } })),
  'an exp that is infinite': signRaw(infiniteClaim('exp', '1e400')),
  'an iat in the future': google.sign(claims({ iat: seconds + 300 })),
  'an iat that is text': google.sign(claims({ iat: String(seconds) })),
  'an iat that is null': google.sign(claims({ iat: null })),
  'an iat that is infinitely long ago': signRaw(infiniteClaim('iat', '-1e400')),
  'an nbf in the future': google.sign(claims({ nbf: seconds + 300 })),
  'an nbf that is text': google.sign(claims({ nbf: String(seconds) })),
  'an nbf that is null': google.sign(claims({ nbf: null })),
  'an nbf that is infinitely long ago': signRaw(infiniteClaim('nbf', '-1e400')),
  'a token of 10 KB': google.sign(claims({ padding: 'x'.repeat(7000) }))
}

const otherAccounts: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'another service account': { email: 'other@project.iam.gserviceaccount.com' },
  'the same name in another project': { email: email.replace('project', 'elsewhere') },
  'an email in upper case': { email: email.toUpperCase() },
  'an email list': { email: [email] },
  'no email': { email: undefined },
  'an email that is not verified': { email_verified: false },
  'an email_verified that is text': { email_verified: 'true' },
  'no email_verified': { email_verified: undefined }
}

/** Every attack, with the answer it must get. */
export const attacks: readonly Attack[] = [
  ...Object.entries(forgeries).map(([name, token]) => invalid(name, [`Bearer ${token}`])),
  ...Object.entries(otherAccounts).map(
    ([name, differences]): Attack => ({
      name,
      code: 'CALLER_FORBIDDEN',
      authorization: [`Bearer ${google.sign(claims(differences))}`]
    })
  ),
  {
    ...invalid('a kid of 64 KB', bearer(byAttacker({ kid: 'k'.repeat(65_536) }))),
    wireStatus: 431
  },
  { ...invalid('a token of 100 KB', bearer('x'.repeat(102_400))), wireStatus: 431 },
  invalid('no Authorization', []),
  invalid('an empty Authorization', ['']),
  invalid('Basic credentials', ['Basic cHVzaDpwdXNo']),
  invalid('a token without a scheme', [good]),
  invalid('Bearer without a space', [`Bearer${good}`]),
  invalid('Bearer with a tab', [`Bearer\t${good}`]),
  invalid('Bearer and two tokens', [`Bearer ${good} ${good}`]),
  invalid('Bearer and two tokens with a comma', [`Bearer ${good}, Bearer ${good}`]),
  invalid('two Authorization headers', [`Bearer ${good}`, `Bearer ${good}`]),
  { ...invalid('a token in the query', []), url: `/events?access_token=${good}&token=${good}` }
]

function invalid(name: string, authorization: readonly string[]): Attack {
  return { name, code: 'TOKEN_INVALID', authorization }
}

function bearer(token: string): readonly string[] {
  return [`Bearer ${token}`]
}
