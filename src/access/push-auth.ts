import { Failure } from '../failures.ts'
import { checkClaims, readClaims } from './claims.ts'

/** Header lines by lower-case name, in the order of arrival; a repeated header has several. */
export type HeaderLines = Readonly<Record<string, readonly string[]>>

/** Who may push. */
export interface PushAuth {
  /**
   * Let a push in by its header lines.
   *
   * @throws {Failure} TOKEN_INVALID, CALLER_FORBIDDEN, or ACCESS_UNAVAILABLE when no token can be
   *   checked; neither message nor cause quotes the token or its claims
   */
  authenticate(headers: HeaderLines): Promise<void>
}

export interface PushAuthOptions {
  readonly mode: 'cloud-run' | 'oidc' | 'none'
  readonly audience: string | undefined
  readonly serviceAccounts: readonly string[]
  /** The URL of the JSON Web Key Set that tokens are signed with. */
  readonly certsUrl: string
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Called when the keys cannot be fetched, also while the cached ones still work. */
  readonly onFailure: (failure: Failure) => void
}

/**
 * Create the check that every push passes before its body is read. Fetches nothing yet.
 *
 * @throws {Failure} CONFIG_INVALID: `oidc` without an audience or a service account
 */
export async function createPushAuth(options: PushAuthOptions): Promise<PushAuth> {
  if (options.mode === 'cloud-run') return createCloudRunAuth(options)
  if (options.mode === 'oidc') return createOidcAuth(options)
  return { authenticate: async () => undefined }
}

/** Check tokens ourselves: signature, issuer, audience, times and principal. */
async function createOidcAuth(options: PushAuthOptions): Promise<PushAuth> {
  const { audience, serviceAccounts, certsUrl, now, onFailure } = options
  if (audience === undefined || serviceAccounts.length === 0) {
    throw new Failure('CONFIG_INVALID', 'oidc needs an audience and service accounts')
  }
  const { createTokenVerifier } = await import('./oidc-token.ts')
  const expected = { audience, serviceAccounts }
  const verify = createTokenVerifier({ expected, certsUrl, now, onFailure })
  return { authenticate: async ({ authorization }) => verify(bearerToken(authorization)) }
}

/** What Cloud Run puts in place of a signature that it has checked. */
const removedSignature = '.SIGNATURE_REMOVED_BY_GOOGLE'

/**
 * Rely on Cloud Run's IAM, which has checked the caller and removed the signature, so that the token
 * cannot be used elsewhere (https://cloud.google.com/run/docs/authenticating/service-to-service).
 *
 * This is safe only on a service that requires authentication. Where anyone may invoke the service,
 * IAM has checked nothing, and a sender can write the placeholder of the signature. The container
 * cannot see which of the two it runs in: request and environment are the same. The claims are
 * checked as well, for a service that other accounts may invoke too.
 */
function createCloudRunAuth({ audience, serviceAccounts, now }: PushAuthOptions): PushAuth {
  const expected = {
    audience,
    serviceAccounts: serviceAccounts.length > 0 ? serviceAccounts : undefined
  }
  return {
    async authenticate(headers) {
      // Of the two, Cloud Run checks this one and passes Authorization on unchanged.
      const lines = headers['x-serverless-authorization'] ?? headers['authorization']
      const token = bearerToken(lines)
      const claims = readClaims(token)
      if (!token.endsWith(removedSignature)) {
        throw new Failure('TOKEN_INVALID', 'the token has not passed through Cloud Run IAM')
      }
      checkClaims(claims, expected, now())
    }
  }
}

/** Google's tokens have about 1 KiB. A longer one is refused before any work. */
const maxLength = 8192

/**
 * Take the bearer token from the lines of an `Authorization` header
 * (https://www.rfc-editor.org/rfc/rfc6750#section-2.1).
 *
 * @throws {Failure} TOKEN_INVALID unless there is exactly one line with a token of three parts
 */
function bearerToken(lines: readonly string[] = []): string {
  const [line, ...more] = lines
  if (line === undefined) throw new Failure('TOKEN_INVALID', 'there is no Authorization header')
  if (more.length > 0) {
    throw new Failure('TOKEN_INVALID', 'there is more than one Authorization header')
  }
  if (line.length > maxLength) {
    throw new Failure('TOKEN_INVALID', `the token is longer than ${maxLength} characters`)
  }
  const [, token] = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(line) ?? []
  if (token === undefined) {
    throw new Failure('TOKEN_INVALID', 'Authorization must be Bearer and a token of three parts')
  }
  return token
}
