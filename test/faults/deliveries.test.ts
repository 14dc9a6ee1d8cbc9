import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { simulate } from '../../dev/simulator/simulate.ts'
import { changed, openApp, send } from '../http/open-app.ts'
import { push, startService } from '../process/start-service.ts'

afterEach(() => void vi.useRealTimers())

const hour = 3_600_000
const at = (minute: number) => `2026-11-01T10:${String(minute).padStart(2, '0')}:00Z`

describe('poison that is delivered a hundred times', () => {
  test('is one dead letter that counts them, and is acknowledged each time', async () => {
    const { app, store } = await openApp()
    for (let n = 0; n < 100; n += 1) {
      const answer = await send(app, changed('1', at(0), { id: 7 }))
      expect(answer.json()).toMatchObject({ verdict: 'dead-lettered', reason: 'DATA_INVALID' })
    }
    const { deadLettersTable: table } = await import('../../src/store/managed-tables.ts')
    const select = { table, columns: ['times_seen'], equals: {}, order: ['id'], limit: 10 }
    const found = await store.list(select, { kind: 'strong' })
    expect(JSON.stringify(found)).toContain('"times_seen":"100"')
    expect(JSON.stringify(found).match(/times_seen/g)).toHaveLength(1)
  })
})

describe('a clock that jumps by an hour, forward and back', () => {
  test('changes nothing about the order of events: their versions decide', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
    const { app } = await openApp()
    const verdicts: string[] = []
    for (const [minute, jump] of [
      [5, hour],
      [4, -hour],
      [6, -hour],
      [5, hour],
      [7, hour]
    ] as const) {
      vi.setSystemTime(Date.now() + jump)
      const event = changed(`${minute}`, at(minute), { id: 'a', value: `minute ${minute}` })
      verdicts.push((await send(app, event)).json().verdict)
    }
    expect(verdicts).toEqual(['applied', 'stale', 'applied', 'stale', 'applied'])
    const row = await app.inject('/api/v1/data/a')
    expect(row.json()).toEqual({ id: 'a', value: 'minute 7' })
  })
})

describe('poison at the head of an ordering key', () => {
  test('is acknowledged once, so that the messages behind it are delivered', async () => {
    const { app } = await openApp()
    const events = [
      changed('1', at(1), { id: 7 }),
      changed('2', at(2), { id: 'a', value: 'behind' }),
      changed('3', at(3), { id: 'a', value: 'last' })
    ]
    const pushes = events.map((event) => ({
      orderingKey: 'a',
      encode: () => ({
        path: '/events',
        headers: { 'content-type': 'application/cloudevents+json' },
        body: JSON.stringify(event)
      })
    }))
    const { pushed } = await simulate(pushes, {
      async post({ path, headers, body }) {
        const answer = await app.inject({ method: 'POST', url: path, headers, payload: body })
        return { status: answer.statusCode, body: answer.body }
      },
      pace: { concurrency: 10 },
      maxAttempts: 1,
      maxBackoffMs: 0
    })
    expect(pushed.map(({ answer }) => JSON.parse(answer?.body ?? '{}').verdict)).toEqual([
      'dead-lettered',
      'applied',
      'applied'
    ])
  })
})

describe('a contract that is changed while instances run', () => {
  test('lets both revisions land, each by its own contract, in the same rows', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'landfall-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const SCHEMAS_DIR = join(folder, 'schemas')
    await cp('schemas', SCHEMAS_DIR, { recursive: true })
    await addColour(SCHEMAS_DIR)
    const EMBEDDED_FILE = join(folder, 'rows.db')
    const before = await startService({ EMBEDDED_FILE })
    const after = await startService({ EMBEDDED_FILE, SCHEMAS_DIR })
    const data = { id: 'a', value: 'old', colour: 'red' }
    const v2 = { ...changed('2', at(2), data), type: 'com.example.item.changed.v2' }
    const v1 = changed('3', at(3), { id: 'b', value: 'new' })
    expect(await push(before.url, v1)).toMatchObject({ body: { verdict: 'applied' } })
    expect(await push(after.url, v2)).toMatchObject({ body: { verdict: 'applied' } })
    expect(await push(after.url, v1)).toMatchObject({ body: { verdict: 'duplicate' } })
    const rows = await (await fetch(`${before.url}/api/v1/data`)).json()
    expect(rows).toEqual([
      { id: 'a', value: 'old' },
      { id: 'b', value: 'new' }
    ])
    expect(await (await fetch(`${after.url}/api/v1/data/a`)).json()).toEqual(data)
  })
})

/** A second version of an event, with a column more. */
async function addColour(folder: string): Promise<void> {
  const items = join(folder, 'collections/items.json')
  const collection = JSON.parse(await readFile(items, 'utf8'))
  collection.columns.colour = { type: 'STRING(64)', description: 'Its colour.' }
  collection.read.fields.push('colour')
  await writeFile(items, JSON.stringify(collection))
  const v1 = await readFile(join(folder, 'events/com.example.item.changed.v1.json'), 'utf8')
  const contract = JSON.parse(v1)
  contract.type = 'com.example.item.changed.v2'
  contract.data.properties.colour = { type: 'string', maxLength: 64 }
  contract.writes[0].set.colour = '/data/colour'
  delete contract.examples
  await writeFile(join(folder, 'events/com.example.item.changed.v2.json'), JSON.stringify(contract))
}
