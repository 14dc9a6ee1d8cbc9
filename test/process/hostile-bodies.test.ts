import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { hostileJson, ordinaryJson } from './hostile-json.ts'
import { mostMebibytes, NODE_OPTIONS, peakMebibytes } from './memory.ts'
import { type Service, startService } from './start-service.ts'

const mostProcessorMs = 1000

const collection = {
  name: 'anything',
  kind: 'log',
  columns: { id: { type: 'STRING(64)', required: true }, data: { type: 'JSON' } },
  key: ['id']
}

const contract = {
  type: 'com.example.anything',
  data: {
    type: 'object',
    required: ['id'],
    properties: { id: { type: 'string' }, value: {} }
  },
  writes: [{ collection: 'anything', operation: 'append', set: { id: '/data/id', data: '/data' } }]
}

async function startWithJsonColumn(): Promise<Service> {
  const folder = await mkdtemp(join(tmpdir(), 'landfall-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const schemas = join(folder, 'schemas')
  await mkdir(join(schemas, 'collections'), { recursive: true })
  await mkdir(join(schemas, 'events'))
  await writeFile(join(schemas, 'collections/anything.json'), JSON.stringify(collection))
  await writeFile(join(schemas, 'events/anything.json'), JSON.stringify(contract))
  const EMBEDDED_FILE = join(folder, 'rows.db')
  return startService({ SCHEMAS_DIR: schemas, EMBEDDED_FILE, NODE_OPTIONS })
}

const attributes = {
  'ce-specversion': '1.0',
  'ce-source': '//test',
  'ce-type': contract.type,
  'content-type': 'application/json'
}

interface Request {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** The largest body that is accepted. */
function direct(id: string, json: (bytes: number) => string): Request {
  const body = Buffer.from(`{"id":"${id}","value":${json(16 * 1024 * 1024 - 100)}}`)
  return { headers: { ...attributes, 'ce-id': id }, body }
}

/** The largest message that Pub/Sub sends. */
function wrapped(id: string, json: (bytes: number) => string): Request {
  const data = Buffer.from(`{"id":"${id}","value":${json(10_000_000 - 100)}}`).toString('base64')
  const message = { attributes: { ...attributes, 'ce-id': id }, messageId: id, data }
  const body = Buffer.from(JSON.stringify({ message, subscription: 'projects/p/subscriptions/s' }))
  return { headers: { 'content-type': 'application/json' }, body }
}

async function send({ url }: Service, request: Request) {
  const answer = await fetch(`${url}/events`, { method: 'POST', ...request })
  const { verdict, code } = (await answer.json()) as { verdict?: string; code?: string }
  return verdict ?? code
}

/** Milliseconds of processor that the process has used. */
async function processorMs({ process: { pid } }: Service): Promise<number> {
  const [, fields = ''] = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')
  const [user, system] = fields.split(' ').slice(11, 13).map(Number)
  // The kernel counts in hundredths of a second for every program.
  return ((user ?? 0) + (system ?? 0)) * 10
}

describe.runIf(process.platform === 'linux')('the process', () => {
  test('lands 10 MB of ordinary shape, one message after another', async () => {
    const service = await startWithJsonColumn()
    for (const [name, json] of Object.entries(ordinaryJson)) {
      expect([name, await send(service, wrapped(name, json))]).toEqual([name, 'applied'])
    }
    expect(await peakMebibytes(service)).toBeLessThan(mostMebibytes)
  }, 60_000)

  test('settles every hostile body within one second of processor, in bounded memory', async () => {
    const service = await startWithJsonColumn()
    for (const [name, json] of Object.entries(hostileJson)) {
      const request = direct(name, json)
      const before = await processorMs(service)
      const verdict = await send(service, request)
      const used = (await processorMs(service)) - before
      expect([name, verdict]).toEqual([name, expect.stringMatching(/^(applied|dead-lettered)$/)])
      expect([name, used]).toEqual([name, expect.toSatisfy((ms) => ms < mostProcessorMs)])
    }
    expect(await peakMebibytes(service)).toBeLessThan(mostMebibytes)
  }, 120_000)

  test('survives hostile bodies that come all at once', async () => {
    const service = await startWithJsonColumn()
    const requests = Object.entries({ ...ordinaryJson, ...hostileJson }).map(([name, json]) =>
      wrapped(name, json)
    )
    const verdicts = await Promise.all(requests.map((request) => send(service, request)))
    for (const verdict of verdicts) {
      expect(verdict).toMatch(
        /^(applied|dead-lettered|QUEUE_FULL|DEADLINE_EXCEEDED|REQUEST_TIMEOUT)$/
      )
    }
    expect(verdicts).toContain('applied')
    expect(await peakMebibytes(service)).toBeLessThan(mostMebibytes)
  }, 60_000)
})
