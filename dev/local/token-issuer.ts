import { generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

type Claims = Readonly<Record<string, unknown>>

export interface TokenIssuer {
  /** For `PUSH_CERTS_URL`. */
  readonly url: string
  /** Sign a Google ID token of the next hour; the claims given come first. */
  token(claims: Claims): string
  close(): Promise<void>
}

/**
 * Stand in for Google as the issuer of push tokens: a key of this process, and its key set on a
 * loopback port. The caller closes it.
 */
export async function startTokenIssuer(port = 0): Promise<TokenIssuer> {
  // Every issuer has its own key, so the key ids must differ too.
  const kid = randomUUID()
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' }
  const server = createServer((_request, response) => {
    response.writeHead(200, {
      'content-type': 'application/json',
      'cache-control': 'public, max-age=1'
    })
    response.end(JSON.stringify({ keys: [jwk] }))
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const { port: open } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${open}/certs`,
    token: (claims) => signToken({ ...claimsOfTheHour(Date.now()), ...claims }, kid, privateKey),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    }
  }
}

/** The claims that all of Google's ID tokens have, for the hour that begins now. */
function claimsOfTheHour(nowMs: number): Claims {
  const iat = Math.floor(nowMs / 1000)
  return { iss: 'https://accounts.google.com', email_verified: true, iat, exp: iat + 3600 }
}

function signToken(claims: Claims, kid: string, privateKey: KeyObject): string {
  const signed = [{ alg: 'RS256', kid, typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`
}
