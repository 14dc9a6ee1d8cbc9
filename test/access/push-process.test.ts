import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { changed } from '../http/open-app.ts'
import { exitOf, startService } from '../process/start-service.ts'
import { audience, claims, email } from './signed-token.ts'
import { type Attack, attacks, google, issuerKeys } from './token-attacks.ts'
import { keySet, startCertsServer } from './token-issuer.ts'

const event = JSON.stringify(changed('1', '2026-11-01T10:00:00Z', { id: 'a', value: 'red' }))

/** Send a push on a connection of its own, with every line of Authorization unchanged. */
async function push(url: string, authorization: readonly string[]): Promise<number | undefined> {
  const headers = ['host', new URL(url).host, 'connection', 'close', 'content-length']
  headers.push(String(event.length), 'content-type', 'application/cloudevents+json')
  headers.push(...authorization.flatMap((line) => ['authorization', line]))
  const sent = request(url, { method: 'POST', headers })
  // A service that refuses a header may hang up before it has read the body.
  sent.on('error', () => undefined)
  sent.end(event)
  const [response] = await once(sent, 'response')
  response.resume()
  return response.statusCode
}

function wantedStatus({ code, wireStatus }: Attack): number {
  return wireStatus ?? (code === 'TOKEN_INVALID' ? 401 : 403)
}

async function openDatabaseFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'landfall-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return join(folder, 'landfall.db')
}

/** How many rows each table of an embedded store has. */
function countRows(file: string): Readonly<Record<string, number>> {
  const database = new DatabaseSync(file, { readOnly: true })
  const names = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all()
  const counts = names.map(({ name }) => {
    const row = database.prepare(`SELECT count(*) AS rows FROM "${name}"`).get()
    return [String(name), Number(row?.['rows'])] as const
  })
  database.close()
  return Object.fromEntries(counts)
}

test('the process refuses every attack, writes nothing, and logs no token', async () => {
  const certs = await startCertsServer(keySet(issuerKeys))
  onTestFinished(() => certs.close())
  const file = await openDatabaseFile()
  const service = await startService({
    PUSH_AUTH: 'oidc',
    PUSH_AUDIENCE: audience,
    PUSH_SERVICE_ACCOUNTS: email,
    PUSH_CERTS_URL: certs.url,
    EMBEDDED_FILE: file,
    LOG_LEVEL: 'trace'
  })
  const before = countRows(file)
  const answers: Record<string, number | undefined> = {}
  for (const { name, authorization, url = '/events' } of attacks) {
    answers[name] = await push(service.url + url, authorization)
  }
  const wanted = attacks.map((attack) => [attack.name, wantedStatus(attack)])
  expect(answers).toEqual(Object.fromEntries(wanted))
  // One fetch at the cold start, and one for all unknown ids.
  expect(certs.requests).toHaveLength(2)

  expect(before).toMatchObject({ items: 0, dead_letters: 0 })
  expect(countRows(file)).toEqual(before)
  const token = google.sign(claims())
  expect(await push(`${service.url}/`, [`Bearer ${token}`])).toBe(200)
  service.process.kill('SIGTERM')
  expect(await exitOf(service)).toBe(0)
  expect(countRows(file)).toEqual({ ...before, items: 1 })
  const log = service.lines.join('\n')
  const parts = attacks.flatMap(({ authorization }) => authorization.join('.').split(/[\s.,]/))
  const secrets = [...parts, ...token.split('.')].filter((part) => part.length > 20)
  expect(secrets.filter((secret) => log.includes(secret))).toEqual([])
})
