import { onTestFinished } from 'vitest'
import { createPushAuth, type PushAuthOptions } from '../../src/access/push-auth.ts'
import { Failure } from '../../src/failures.ts'
import { audience, email } from './signed-token.ts'
import { google } from './token-attacks.ts'
import { keySet, startCertsServer } from './token-issuer.ts'

/** The check of pushes against a key server of its own; both end with the test. */
export async function openPushAuth(
  options: Partial<PushAuthOptions> = {},
  answer = keySet([google.jwk], { 'cache-control': 'max-age=3600' })
) {
  const certs = await startCertsServer(answer)
  onTestFinished(() => certs.close())
  const failures: Failure[] = []
  const auth = await createPushAuth({
    mode: 'oidc',
    audience,
    serviceAccounts: [email],
    certsUrl: certs.url,
    now: Date.now,
    onFailure: (failure) => failures.push(failure),
    ...options
  })
  /** `in`, or the failure that refuses the push. */
  const outcome = (...authorization: readonly string[]) =>
    auth.authenticate(authorization.length > 0 ? { authorization } : {}).then(
      () => 'in' as const,
      (error: unknown) => {
        if (error instanceof Failure) return error
        throw error
      }
    )
  return { auth, certs, failures, outcome }
}
