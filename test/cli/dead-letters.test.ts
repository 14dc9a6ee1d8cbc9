import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { freshDatabaseName, spannerHost } from '../store/spanner-database.ts'
import {
  faultySchemas,
  greenItem,
  order,
  poison,
  rowsOf,
  temporaryFolder,
  toLines
} from './poison.ts'
import { run } from './run-command.ts'

type Env = Record<string, string>

async function embeddedEnv(): Promise<Env> {
  return { EMBEDDED_FILE: join(await temporaryFolder(), 'landfall.db') }
}

async function emulatorEnv(): Promise<Env> {
  const env = {
    SPANNER_DATABASE: await freshDatabaseName(),
    SPANNER_EMULATOR_HOST: await spannerHost()
  }
  await run('schema', ['apply'], env)
  return env
}

/** Land events with the faulty schemas, so that all of them become dead letters. */
async function deliverPoison(env: Env, events: readonly unknown[]): Promise<Env> {
  const file = join(await temporaryFolder(), 'events.ndjson')
  await writeFile(file, toLines(events))
  const faulty = { ...env, SCHEMAS_DIR: await faultySchemas() }
  expect((await run('import', [file], faulty)).code).toBe(1)
  return faulty
}

const json = (lines: readonly string[]) => lines.map((line) => JSON.parse(line))

async function listed(env: Env, ...args: string[]) {
  return json((await run('dead-letters', ['list', '--json', '--limit', '5000', ...args], env)).out)
}

describe.each([
  ['the embedded store', 1000, embeddedEnv],
  ['the Spanner emulator', 60, emulatorEnv]
])('dead letters in %s', (_name, count, openEnv) => {
  test('keep every poison event with its reason, and all land once when their contract is fixed', async () => {
    const env = await openEnv()
    const faulty = await deliverPoison(env, poison(count))
    const open = await listed(env)
    expect(open).toHaveLength(count)
    const reasons = open.map(({ reason }) => reason)
    expect(reasons.filter((reason) => reason === 'DATA_INVALID')).toHaveLength(count / 2)
    expect(reasons.filter((reason) => reason === 'EVENT_TYPE_UNKNOWN')).toHaveLength(count / 2)

    const before = await rowsOf(env, 'dead_letters')
    const dry = await run('dead-letters', ['replay', '--dry-run', '--json'], env)
    expect(dry.code).toBe(0)
    expect(json(dry.out).filter(({ verdict }) => verdict === 'applied')).toHaveLength(count)
    expect(await rowsOf(env, 'dead_letters')).toEqual(before)
    expect(await rowsOf(env, 'items')).toEqual([])

    const failed = await run('dead-letters', ['replay'], faulty)
    expect(failed.code).toBe(1)
    const stillOpen = await listed(env)
    expect(stillOpen.every((each) => each.replays === 1 && each.timesSeen === 1)).toBe(true)

    const done = await run('dead-letters', ['replay'], env)
    expect(done.errors).toEqual([])
    expect(done.code).toBe(0)
    expect(done.out.at(-1)).toMatch(new RegExp(`applied +${count}$`))
    expect(await rowsOf(env, 'items')).toHaveLength(count / 2)
    expect(await rowsOf(env, 'orders')).toHaveLength(count / 2)
    const sold = [{ quantity: `${count}`, revenue: `${(count / 2) * 1.5}` }]
    expect(await rowsOf(env, 'daily_sales')).toMatchObject(sold)

    const after = await Promise.all(tables.map((table) => rowsOf(env, table)))
    const again = await run('dead-letters', ['replay'], env)
    expect(again).toMatchObject({ code: 0, out: [] })
    expect(await Promise.all(tables.map((table) => rowsOf(env, table)))).toEqual(after)
    expect(await listed(env, '--status', 'replayed')).toHaveLength(count)
    expect(await listed(env)).toEqual([])
  })

  test('keep what arrived when they are marked', async () => {
    const env = await openEnv()
    const faulty = await deliverPoison(env, [greenItem(0)])
    const [{ last_seen, body, headers, first_seen } = {}] = await rowsOf(env, 'dead_letters')
    await run('dead-letters', ['replay'], faulty)
    const kept = { last_seen, body, headers, first_seen, times_seen: '1' }
    expect(await rowsOf(env, 'dead_letters')).toMatchObject([
      { ...kept, status: 'open', replays: '1', reason: 'DATA_INVALID' }
    ])
    await run('dead-letters', ['discard', '--all', '--yes'], env)
    expect(await rowsOf(env, 'dead_letters')).toMatchObject([{ ...kept, status: 'discarded' }])
  })
})

const tables = ['items', 'orders', 'order_lines', 'order_events', 'daily_sales', 'dead_letters']

describe('landfall dead-letters replay', () => {
  test.each([
    [[], 'no open dead letters match'],
    [['--reason', 'JSON_INVALID'], 'no open dead letters match'],
    [['--status', 'any', '--since', '1h'], 'no dead letters match']
  ])('reports on standard error that no letter matches %j', async (args, line) => {
    const env = { EMBEDDED_FILE: ':memory:' }
    const { code, out, errors } = await run('dead-letters', ['replay', ...args], env)
    expect({ code, out, errors }).toEqual({ code: 0, out: [], errors: [line] })
  })

  test('matches the current reason of a letter', async () => {
    const env = await embeddedEnv()
    await deliverPoison(env, [{ ...order(1), data: {} }])
    expect(await listed(env)).toMatchObject([{ reason: 'EVENT_TYPE_UNKNOWN' }])
    const { code, out } = await run('dead-letters', ['replay', '--json'], env)
    expect(code).toBe(1)
    expect(json(out)).toMatchObject([{ verdict: 'dead-lettered', reason: 'DATA_INVALID' }])
    expect(await listed(env)).toMatchObject([
      { reason: 'DATA_INVALID', status: 'open', replays: 1 }
    ])
  })

  test('skips what was replayed ten times without landing, unless it is forced', async () => {
    const env = await embeddedEnv()
    const faulty = await deliverPoison(env, [greenItem(1)])
    for (let n = 0; n < 10; n++) await run('dead-letters', ['replay'], faulty)
    const left = await run('dead-letters', ['replay'], env)
    expect(left).toMatchObject({ code: 1, out: [] })
    expect(left.errors.join()).toContain(
      '1 skipped: already replayed 10 times without landing; use --force'
    )
    expect(await rowsOf(env, 'items')).toEqual([])
    expect((await run('dead-letters', ['replay', '--force'], env)).code).toBe(0)
    expect(await rowsOf(env, 'items')).toHaveLength(1)
  })

  test('replays the named letters, and reports which do not exist or landed before', async () => {
    const env = await embeddedEnv()
    await deliverPoison(env, poison(4))
    const [{ id }] = await listed(env)
    expect((await run('dead-letters', ['replay', id], env)).code).toBe(0)
    expect(await listed(env)).toHaveLength(3)
    const again = await run('dead-letters', ['replay', id, 'f'.repeat(32)], env)
    expect(again.code).toBe(1)
    expect(again.errors).toEqual(['1 of these do not exist', '1 skipped: already landed'])
  })

  test('replays the letters that the filters select, up to the limit', async () => {
    const env = await embeddedEnv()
    await deliverPoison(env, poison(10))
    await run('dead-letters', ['replay', '--reason', 'DATA_INVALID', '--limit', '2'], env)
    expect(await rowsOf(env, 'items')).toHaveLength(2)
    await run('dead-letters', ['replay', '--type', 'com.example.order.placed.v1'], env)
    expect(await rowsOf(env, 'orders')).toHaveLength(5)
    expect(await rowsOf(env, 'items')).toHaveLength(2)
  })

  test('lands a discarded letter only when it is named, and leaves it discarded when that fails', async () => {
    const env = await embeddedEnv()
    const faulty = await deliverPoison(env, [greenItem(1)])
    const [{ id }] = await listed(env)
    await run('dead-letters', ['discard', id], env)
    expect(await run('dead-letters', ['replay'], env)).toMatchObject({ code: 0, out: [] })
    await run('dead-letters', ['replay', id], faulty)
    expect(await listed(env, '--status', 'discarded')).toMatchObject([{ id, replays: 1 }])
    await run('dead-letters', ['replay', '--status', 'discarded'], env)
    expect(await listed(env, '--status', 'replayed')).toMatchObject([{ id, replays: 2 }])
  })
})

describe('landfall dead-letters list', () => {
  test('reports on standard error that no letter matches', async () => {
    const { code, out, errors } = await run('dead-letters', ['list'], { EMBEDDED_FILE: ':memory:' })
    expect({ code, out }).toEqual({ code: 0, out: [] })
    expect(errors).toEqual(['no open dead letters match'])
  })

  test('shows the latest first, as a table or as JSON with stable members', async () => {
    const env = await embeddedEnv()
    await deliverPoison(env, [greenItem(1)])
    await deliverPoison(env, [order(2)])
    const { out } = await run('dead-letters', ['list'], env)
    expect(out[0]).toMatch(/^id +last seen +seen +replays +status +reason +type +detail$/)
    expect(out[2]).toContain('EVENT_TYPE_UNKNOWN')
    expect(out[3]).toContain('DATA_INVALID')
    const [latest] = await listed(env)
    expect(latest).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      status: 'open',
      reason: 'EVENT_TYPE_UNKNOWN',
      detail: expect.any(String),
      source: '//shop',
      eventId: '2',
      type: 'com.example.order.placed.v1',
      contentType: 'application/cloudevents+json',
      subscription: null,
      messageId: null,
      deliveryAttempt: null,
      firstSeen: expect.stringMatching(/^\d{4}-.*Z$/),
      lastSeen: expect.stringMatching(/^\d{4}-.*Z$/),
      timesSeen: 1,
      replays: 0
    })
  })

  test('selects by reason, type, source and time, and reports when there are more', async () => {
    const env = await embeddedEnv()
    await deliverPoison(env, [greenItem(1), order(2), { ...greenItem(3), source: '//other' }])
    expect(await listed(env, '--reason', 'DATA_INVALID')).toHaveLength(2)
    expect(await listed(env, '--reason', 'DATA_INVALID', '--source', '//shop')).toHaveLength(1)
    expect(await listed(env, '--source', '//shop', '--source', '//other')).toHaveLength(3)
    expect(await listed(env, '--type', 'com.example.order.placed.v1')).toHaveLength(1)
    expect(await listed(env, '--since', '1h')).toHaveLength(3)
    expect(await listed(env, '--until', '1h')).toHaveLength(0)
    expect(await listed(env, '--since', '2020-01-01T00:00:00+01:00')).toHaveLength(3)
    const { out, errors } = await run('dead-letters', ['list', '--json', '--limit', '2'], env)
    expect(out).toHaveLength(2)
    expect(errors).toEqual(['2 of 3 are shown; --limit N shows more'])
  })
})

describe('the filters of dead letters', () => {
  test.each(['list', 'replay', 'discard'])(
    'refuse a reason that no dead letter can have: %s',
    async (verb) => {
      const env = { EMBEDDED_FILE: ':memory:' }
      const refusal = (reason: string) => run('dead-letters', [verb, '--reason', reason], env)
      await expect(refusal('DATA_INVALD')).rejects.toMatchObject({
        name: 'UsageError',
        message: expect.stringMatching(
          /^--reason must be .*, not 'DATA_INVALD' \(did you mean DATA_INVALID\?\); see /
        )
      })
      await expect(refusal('json_invalid')).rejects.toThrow('did you mean JSON_INVALID?')
      await expect(refusal('NOPE')).rejects.toThrow(/not 'NOPE'; see /)
      await expect(refusal('QUEUE_FULL')).rejects.toThrow(/not 'QUEUE_FULL'; see /)
    }
  )
})

describe('landfall dead-letters show', () => {
  test('shows everything that is stored, and never lets a payload control the terminal', async () => {
    const env = await embeddedEnv()
    await deliverPoison(env, [{ ...greenItem(1), data: { id: 'i', value: 'x\u009b2Jy' } }])
    const [{ id }] = await listed(env)
    const { out } = await run('dead-letters', ['show', id], env)
    expect(out.join()).toContain('DATA_INVALID')
    expect(out.join()).toContain('content-type: application/cloudevents+json')
    expect(out.join()).toContain('x\\u009b2Jy')
    const [shown] = json((await run('dead-letters', ['show', id, '--json'], env)).out)
    expect(JSON.parse(Buffer.from(shown.bodyBase64, 'base64').toString())).toMatchObject({
      id: '1'
    })
    expect(shown.headers).toEqual({ 'content-type': ['application/cloudevents+json'] })
  })

  test('fails for a dead letter that does not exist', async () => {
    const { code, errors } = await run('dead-letters', ['show', '0'.repeat(32)], {
      EMBEDDED_FILE: ':memory:'
    })
    expect({ code, errors }).toEqual({
      code: 1,
      errors: [`${'0'.repeat(32)}: no such dead letter`]
    })
  })
})

describe('landfall dead-letters discard', () => {
  test('marks only open letters, and deletes none', async () => {
    const env = await embeddedEnv()
    await deliverPoison(env, poison(6))
    await run('dead-letters', ['replay', '--reason', 'EVENT_TYPE_UNKNOWN'], env)
    const { out } = await run('dead-letters', ['discard', '--all', '--yes'], env)
    expect(out).toEqual(['3 discarded'])
    expect(await listed(env, '--status', 'discarded')).toHaveLength(3)
    expect(await listed(env, '--status', 'replayed')).toHaveLength(3)
    const [{ id }] = await listed(env, '--status', 'replayed')
    const landed = await run('dead-letters', ['discard', id], env)
    expect(landed).toMatchObject({ code: 1, errors: ['1 of these do not exist or are not open'] })
  })

  test('needs --yes when filters select and there is no terminal to ask', async () => {
    const env = await embeddedEnv()
    await deliverPoison(env, poison(2))
    await expect(run('dead-letters', ['discard', '--all'], env)).rejects.toThrow(/--yes/)
    expect(await listed(env)).toHaveLength(2)
  })
})

describe('landfall dead-letters', () => {
  test.each([
    [['--help'], 'replay'],
    [['list', '--help'], '--limit <n>'],
    [['replay', '-h'], '--force']
  ])('%j helps', async (args, word) => {
    const { code, out } = await run('dead-letters', args, {})
    expect(code).toBe(0)
    expect(out[0]).toContain(word)
  })

  test.each([
    [[]],
    [['remove']],
    [['list', '--limit', '0']],
    [['list', '--status', 'gone']],
    [['list', '--since', 'yesterday']],
    [['list', 'x']],
    [['list', '--nonsense']],
    [['show']],
    [['show', 'x']],
    [['show', '0'.repeat(32), '1'.repeat(32)]],
    [['replay', '--status', 'replayed']],
    [['replay', '0'.repeat(32), '--reason', 'DATA_INVALID']],
    [['discard']],
    [['discard', '--all', '--reason', 'DATA_INVALID']],
    [['discard', '--status', 'open']]
  ])('refuses %j as wrong usage', async (args) => {
    const env = { EMBEDDED_FILE: ':memory:' }
    await expect(run('dead-letters', args, env)).rejects.toMatchObject({ name: 'UsageError' })
  })
})
