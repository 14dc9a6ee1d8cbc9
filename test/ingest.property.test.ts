import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc, { type AsyncCommand } from 'fast-check'
import { expect, test } from 'vitest'
import { findDeadLetters } from '../src/dead-letters/find.ts'
import { replayDeadLetters } from '../src/dead-letters/replay.ts'
import { Failure } from '../src/failures.ts'
import type { Landed } from '../src/ingest.ts'
import { openEmbeddedStore } from '../src/store/embedded/open-embedded-store.ts'
import { deadLettersTable } from '../src/store/managed-tables.ts'
import type { Mutation, Store } from '../src/store/store.ts'
import { compile, goodSet, thingChanged, thingExample } from './contracts/schema-sets.ts'
import { collect, ingestInto, rejectingIngestInto, structured } from './support/landing.ts'
import { retryPolicy } from './support/retry-policy.ts'

const upsert = { collection: 'things', operation: 'upsert', version: '/time' }
const set = { id: '/data/id', text: '/data/text' }
const append = { collection: 'thing_log', operation: 'append', set }
const add = {
  collection: 'thing_counts',
  operation: 'add',
  set: { id: '/data/id' },
  amounts: { pieces: '/data/count' }
}
const changed = { ...thingChanged, writes: [{ ...upsert, set }, append, add] }
const gone = {
  ...thingChanged,
  type: 'thing.gone',
  writes: [{ ...upsert, operation: 'delete', set: { id: '/data/id' } }],
  examples: [{ ...thingExample, type: 'thing.gone' }]
}
/** A type that only the second revision of the contracts accepts. */
const counted = {
  ...thingChanged,
  type: 'thing.counted',
  writes: [add],
  examples: [{ ...thingExample, type: 'thing.counted' }]
}
const { collections } = goodSet
const revisions = [
  compile({ collections, events: { changed, gone } }),
  compile({ collections, events: { changed, gone, counted } })
] as const
const [{ tables }] = revisions

type Kind = 'changed' | 'gone' | 'counted' | 'poison'

/** An event, as its publisher has it. */
interface Published {
  readonly n: number
  readonly kind: Kind
  readonly id: string
  readonly minute: number
  readonly count: number
}

/** What becomes of a commit: done, done without anyone knowing, or never done. */
type Fate = 'done' | 'lost' | 'failed'

/** All that must be remembered to know every answer and every row. */
interface Model {
  readonly published: Published[]
  /** Numbers of the events that have had their effect. */
  readonly landed: Set<number>
  /** Numbers of the dead letters, and whether they are open. */
  readonly letters: Map<number, 'open' | 'replayed'>
  revision: 0 | 1
  up: boolean
}

const keyOf = ({ n }: Published) =>
  createHash('sha256').update(`//model\n${n}`).digest('hex').slice(0, 32)

const toEvent = ({ n, kind, id, minute, count }: Published) => ({
  specversion: '1.0',
  id: String(n),
  source: '//model',
  type: kind === 'poison' ? 'thing.changed' : `thing.${kind}`,
  time: `2026-11-01T10:0${minute}:00Z`,
  data: { id, text: kind === 'poison' ? 7 : `text ${n}`, count }
})

const byStamp = (a: Published, b: Published) =>
  a.minute - b.minute || (keyOf(a) < keyOf(b) ? -1 : Number(keyOf(a) > keyOf(b)))

const landedOf = ({ published, landed }: Model) => published.filter(({ n }) => landed.has(n))

/** The rows that a reader sees. */
function expectedRows(model: Model) {
  const landed = landedOf(model).sort(byStamp)
  const things = new Map<string, string>()
  const counts = new Map<string, number>()
  const log: string[] = []
  for (const event of landed) {
    const { kind, id, count, n } = event
    if (kind === 'changed') things.set(id, `text ${n}`)
    if (kind === 'changed') log.push(`${id} text ${n}`)
    if (kind === 'gone') things.delete(id)
    if (kind !== 'gone') counts.set(id, (counts.get(id) ?? 0) + count)
  }
  return {
    things: [...things].map(([id, text]) => `${id} ${text}`).sort(),
    counts: [...counts].map(([id, pieces]) => `${id} ${pieces}`).sort(),
    log: log.sort(),
    letters: model.published
      .flatMap(({ n }) => (model.letters.has(n) ? [`${n} ${model.letters.get(n)}`] : []))
      .sort()
  }
}

/** Land an event in the model. Returns what its sender must be told. */
function land(model: Model, event: Published): string {
  const refused = event.kind === 'poison' || (event.kind === 'counted' && model.revision === 0)
  if (refused) {
    model.letters.set(event.n, 'open')
    return 'dead-lettered'
  }
  const verdict = verdictOf(model, event)
  model.landed.add(event.n)
  return verdict
}

function verdictOf(model: Model, event: Published): string {
  if (event.kind !== 'gone') return model.landed.has(event.n) ? 'duplicate' : 'applied'
  const ofRow = landedOf(model).filter(({ id, kind }) => id === event.id && kind !== 'counted')
  const newest = ofRow.sort(byStamp).at(-1)
  if (newest?.n === event.n) return 'duplicate'
  return newest && byStamp(event, newest) < 0 ? 'stale' : 'applied'
}

/** The service on a file, which crashes and starts again. */
class Real {
  readonly file: string
  readonly opened: Store[] = []
  store: Store | undefined
  fate: Fate = 'done'
  /** Thrown in the place of a commit that marks dead letters. */
  cut: Error | undefined

  constructor(file: string) {
    this.file = file
  }

  async start(): Promise<void> {
    const store = await openEmbeddedStore({ file: this.file, tables })
    this.opened.push(store)
    this.store = { ...store, commit: (guards, decide) => this.commit(store, guards, decide) }
  }

  /** What a killed process leaves: its file. */
  crash(): void {
    this.store = undefined
  }

  running(): Store {
    if (!this.store) throw new Error('the service is down')
    return this.store
  }

  private async commit<T>(
    store: Store,
    guards: Parameters<Store['commit']>[0],
    decide: Parameters<typeof store.commit<T>>[1]
  ) {
    if (this.fate === 'failed') throw new Failure('STORE_UNAVAILABLE', 'no commit')
    const committed = await store.commit(guards, (current) => {
      const decision = decide(current)
      if (this.cut && decision.mutations.some(isMark)) throw this.cut
      return decision
    })
    if (this.fate === 'lost') throw new Failure('STORE_UNAVAILABLE', 'no answer')
    return committed
  }
}

const isMark = ({ table }: Mutation) => table.name === deadLettersTable.name

async function rowsOf(store: Store) {
  const list = async (name: string, columns: readonly string[]) => {
    const table = tables.find((one) => one.name === name)
    if (!table) throw new Error(`no table ${name}`)
    const select = { table, columns, equals: {}, order: table.primaryKey, limit: 10_000 }
    const { rows } = await store.list(select, { kind: 'strong' })
    return rows.map((row) => columns.map((column) => row[column]).join(' ')).sort()
  }
  return {
    things: await list('things', ['id', 'text']),
    counts: await list('thing_counts', ['id', 'pieces']),
    log: await list('thing_log', ['id', 'text']),
    letters: await list('dead_letters', ['event_id', 'status'])
  }
}

const told = ([landed]: readonly Landed[]) => {
  if (landed?.result.kind === 'settled') return landed.result.verdict
  return landed?.result.kind === 'refused' ? landed.result.failure.code : landed?.result.kind
}

type Step = AsyncCommand<Model, Real>

/** A publisher makes an event; nothing is sent yet. */
class Publish implements Step {
  readonly event: Omit<Published, 'n'>
  constructor(event: Omit<Published, 'n'>) {
    this.event = event
  }
  check = () => true
  async run(model: Model) {
    model.published.push({ ...this.event, n: model.published.length })
  }
  toString = () => `publish(${JSON.stringify(this.event)})`
}

/** Some events arrive together, for the first time or again; their commit has a fate. */
class Deliver implements Step {
  readonly picks: readonly number[]
  readonly fate: Fate
  constructor(picks: readonly number[], fate: Fate) {
    this.picks = picks
    this.fate = fate
  }
  check = ({ up, published }: Readonly<Model>) => up && published.length > 0

  async run(model: Model, real: Real) {
    const store = real.running()
    const events = this.picks.flatMap(
      (pick) => model.published[pick % model.published.length] ?? []
    )
    const ingest = ingestInto(store, revisions[model.revision])
    real.fate = this.fate
    const answers = await Promise.all(
      events.map((event) => ingest.land(structured(toEvent(event))))
    )
    real.fate = 'done'
    const verdicts = this.fate === 'failed' ? [] : events.map((event) => land(model, event))
    const expected = this.fate === 'done' ? verdicts : events.map(() => 'STORE_UNAVAILABLE')
    expect(answers.map(told)).toEqual(expected)
    expect(await rowsOf(store)).toEqual(expectedRows(model))
  }
  toString = () => `deliver(${this.picks.join()}; ${this.fate})`
}

/** The process is killed while a commit is on its way: before it, or before its answer. */
class Crash implements Step {
  readonly picks: readonly number[]
  readonly fate: 'lost' | 'failed'
  constructor(picks: readonly number[], fate: 'lost' | 'failed') {
    this.picks = picks
    this.fate = fate
  }
  check = ({ up }: Readonly<Model>) => up

  async run(model: Model, real: Real) {
    if (model.published.length > 0) await new Deliver(this.picks, this.fate).run(model, real)
    real.crash()
    model.up = false
  }
  toString = () => `crash(${this.picks.join()}; ${this.fate})`
}

class Recover implements Step {
  check = ({ up }: Readonly<Model>) => !up
  async run(model: Model, real: Real) {
    await real.start()
    model.up = true
    expect(await rowsOf(real.running())).toEqual(expectedRows(model))
  }
  toString = () => 'recover'
}

/** An operator replays every open dead letter, and may be cut off before they are marked. */
class Replay implements Step {
  readonly cutOff: boolean
  constructor(cutOff: boolean) {
    this.cutOff = cutOff
  }
  check = ({ up }: Readonly<Model>) => up

  async run(model: Model, real: Real) {
    const store = real.running()
    const ingest = rejectingIngestInto(store, revisions[model.revision])
    const letters = findDeadLetters(store, { status: 'open' })
    const cut = new Error('cut off')
    real.cut = this.cutOff ? cut : undefined
    const replaying = collect(
      replayDeadLetters(letters, { store, ingest, retries: retryPolicy(0) })
    )
    await replaying.catch((error: unknown) => expect(error).toBe(cut))
    real.cut = undefined
    for (const event of model.published) {
      if (model.letters.get(event.n) !== 'open' || event.kind === 'poison') continue
      if (model.revision === 0) continue
      model.landed.add(event.n)
      if (!this.cutOff) model.letters.set(event.n, 'replayed')
    }
    expect(await rowsOf(store)).toEqual(expectedRows(model))
  }
  toString = () => `replay(${this.cutOff ? 'cut off' : ''})`
}

/** The next revision of the service has, or lacks, the contract of one more type. */
class ChangeContract implements Step {
  check = () => true
  async run(model: Model) {
    model.revision = model.revision === 0 ? 1 : 0
  }
  toString = () => 'change the contract'
}

const picks = fc.array(fc.nat({ max: 50 }), { minLength: 1, maxLength: 5 })
const publish = fc
  .record({
    kind: fc.constantFrom<Kind>('changed', 'changed', 'gone', 'counted', 'poison'),
    id: fc.constantFrom('a', 'b'),
    minute: fc.nat({ max: 3 }),
    count: fc.integer({ min: 1, max: 9 })
  })
  .map((event): Step => new Publish(event))
const fate = fc.constantFrom<Fate>('done', 'done', 'done', 'lost', 'failed')
const crashFate = fc.constantFrom<'lost' | 'failed'>('lost', 'failed')
const steps = [
  publish,
  publish,
  fc.tuple(picks, fate).map(([chosen, one]): Step => new Deliver(chosen, one)),
  fc.tuple(picks, fate).map(([chosen, one]): Step => new Deliver(chosen, one)),
  fc.tuple(picks, crashFate).map(([chosen, one]): Step => new Crash(chosen, one)),
  fc.constant(new Recover()).map((step): Step => step),
  fc.boolean().map((cutOff): Step => new Replay(cutOff)),
  fc.constant(new ChangeContract()).map((step): Step => step)
]

test('gives every answer and every row of a model, whatever is published, delivered again, crashed and replayed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'landfall-'))
  let run = 0
  try {
    await fc.assert(
      fc.asyncProperty(fc.commands(steps, { size: '+1' }), async (commands) => {
        run += 1
        const real = new Real(join(folder, `${run}.db`))
        await real.start()
        const model: Model = {
          ...{ published: [], landed: new Set(), letters: new Map(), revision: 0, up: true }
        }
        try {
          await fc.asyncModelRun(() => ({ model, real }), commands)
        } finally {
          for (const store of real.opened) await store.close()
        }
      }),
      { numRuns: 100 }
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
