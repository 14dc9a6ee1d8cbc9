import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Store } from '../../src/store/store.ts'
import { changed, openApp } from '../http/open-app.ts'
import { audience, claims, email } from './signed-token.ts'
import { attacks, google, issuerKeys } from './token-attacks.ts'
import { answerWith, type CertsServer, keySet, startCertsServer } from './token-issuer.ts'

let certs: CertsServer
beforeAll(async () => {
  certs = await startCertsServer(keySet(issuerKeys))
})
afterAll(() => certs.close())

/** The whole service, which checks tokens, and the calls that reach its store. */
async function openGuardedApp(certsUrl = certs.url) {
  const calls: string[] = []
  const wrap = (store: Store) =>
    new Proxy(store, {
      get(target, name, receiver) {
        if (name !== 'close') calls.push(String(name))
        return Reflect.get(target, name, receiver)
      }
    })
  const env = {
    PUSH_AUTH: 'oidc',
    PUSH_AUDIENCE: audience,
    PUSH_SERVICE_ACCOUNTS: email,
    PUSH_CERTS_URL: certsUrl
  }
  const { app } = await openApp(env, wrap)
  const push = (authorization: readonly string[], url = '/events') => {
    const headers: Record<string, string | string[]> = {
      'content-type': 'application/cloudevents+json'
    }
    if (authorization.length > 0) headers['authorization'] = [...authorization]
    const payload = JSON.stringify(changed('1', '2026-11-01T10:00:00Z', { id: 'a', value: 'red' }))
    return app.inject({ method: 'POST', url, headers, payload })
  }
  return { push, calls }
}

describe('through the whole service', () => {
  test('a push with a valid token lands', async () => {
    const { push, calls } = await openGuardedApp()
    const answer = await push([`Bearer ${google.sign(claims())}`])
    expect(answer.json()).toMatchObject({ verdict: 'applied' })
    expect(calls).toContain('commit')
  })

  test.each(attacks)('$name is refused before the store is called', async (attack) => {
    const { push, calls } = await openGuardedApp()
    const answer = await push(attack.authorization, attack.url)
    expect(answer.statusCode).toBe(attack.code === 'TOKEN_INVALID' ? 401 : 403)
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/)
    expect(answer.json()).toMatchObject({ code: attack.code })
    expect(calls).toEqual([])
  })

  test('a push that cannot be checked is answered 503, to be retried', async () => {
    const down = await startCertsServer(answerWith(500, 'no'))
    const { push, calls } = await openGuardedApp(down.url)
    const answer = await push([`Bearer ${google.sign(claims())}`])
    expect(answer.statusCode).toBe(503)
    expect(answer.headers['retry-after']).toBeDefined()
    expect(answer.json()).toMatchObject({ code: 'ACCESS_UNAVAILABLE' })
    expect(calls).toEqual([])
    await down.close()
  })
})
