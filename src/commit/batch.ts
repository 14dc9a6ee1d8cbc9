import type { LimitFunction } from 'p-limit'
import { isFailure, type RetryFailure } from '../failures.ts'
import { attempt, type Destination, hasCode, type Item, plansOf, type Refusal } from './attempt.ts'
import { type Rejected, type StoreSign, toRetry } from './outcome.ts'
import type { Suspects } from './suspects.ts'
import { createTableFaults, type FaultOf, type TableFaults } from './table-faults.ts'

/** What a batch needs besides the store. */
export interface BatchTools<R extends Rejected> extends Destination<R> {
  /** Commits of divided batches that may be in flight at once. */
  readonly parts: LimitFunction
  /** Batches that may be divided at once. */
  readonly divisions: LimitFunction
  readonly suspects: Suspects
  /** Take an event that the store refuses even alone. */
  quarantine(item: Item<R>): void
  /** Told why some events must be sent again, before they are told. */
  onFailed(sign: StoreSign): void
}

/**
 * Commit a batch in one transaction. Where that fails for its content, divide it until those that
 * may be to blame stand alone; each event is settled as soon as its own commit is over. Never
 * rejects.
 *
 * @param goOn called when the next batch may be committed: this one is divided beside it
 */
export async function commitBatch<R extends Rejected>(
  items: readonly Item<R>[],
  tools: BatchTools<R>,
  goOn: () => void
): Promise<StoreSign> {
  let refusal = await attempt(tools, items)
  if (refusal && hasCode(refusal.error, 'STORE_INTERNAL')) {
    refusal = await attempt(tools, refusal.items)
  }
  if (!refusal) return { works: true, failure: undefined }
  const refused = refusal
  return tools.divisions(() => {
    goOn()
    return divideBatch(refused, tools)
  })
}

/** A refused batch on its way to its culprits. */
interface Division<R extends Rejected> extends BatchTools<R> {
  readonly tables: TableFaults
  works: boolean
  failure: RetryFailure | undefined
  /** Those that must be sent again: told when it is known what that says of the store. */
  readonly failed: (() => void)[]
}

async function divideBatch<R extends Rejected>(
  refused: Refusal<R>,
  tools: BatchTools<R>
): Promise<StoreSign> {
  const tables = createTableFaults(tools.store, plansOf(refused.items), tools.parts)
  const division: Division<R> = { ...tools, tables, works: false, failure: undefined, failed: [] }
  await settleRefused(division, refused)
  const { works, failure, failed } = division
  if (failure) tools.onFailed({ works, failure })
  for (const tell of failed) tell()
  return { works, failure }
}

async function settleRefused<R extends Rejected>(
  division: Division<R>,
  refusal: Refusal<R>
): Promise<void> {
  const { items, error } = refusal
  if (hasCode(error, 'STORE_UNAVAILABLE', 'STORE_CONTENDED')) return fail(division, items, error)
  if (!hasCode(error, 'STORE_REFUSED', 'STORE_MISCONFIGURED')) return divide(division, refusal)
  // A live table that differs is a fault of the deployment, whatever the store says of the rows.
  const sound = without(division, items, await division.tables.drift())
  if (sound.length < items.length) return settlePart(division, sound)
  if (error.code === 'STORE_MISCONFIGURED') return fail(division, items, error)
  return divide(division, refusal)
}

async function settlePart<R extends Rejected>(
  division: Division<R>,
  items: readonly Item<R>[]
): Promise<void> {
  const refusal = await tryPart(division, items)
  if (refusal) await settleRefused(division, refusal)
}

async function tryPart<R extends Rejected>(
  division: Division<R>,
  items: readonly Item<R>[]
): Promise<Refusal<R> | undefined> {
  const refusal = await division.parts(() => attempt(division, items))
  if (refusal) return refusal
  division.works = true
  division.tables.landed(plansOf(items))
  return undefined
}

/** Commit the parts of a batch; what landed beside a refused part shows that the store works. */
async function divide<R extends Rejected>(
  division: Division<R>,
  refusal: Refusal<R>
): Promise<void> {
  const [only, ...others] = refusal.items
  if (only && others.length === 0) return settleAlone(division, only, refusal)
  const parts = split(refusal.items, division.parts.concurrency)
  const tried = parts.map((items) => tryPart(division, items))
  const all = Promise.all(tried)
  await Promise.all(
    tried.map(async (part) => {
      const refused = await part
      if (!refused) return
      await Promise.race([all, division.tables.written(plansOf(refused.items))])
      const items = await withoutUnwritable(division, refused)
      if (items.length > 0) await settleRefused(division, { ...refused, items })
    })
  )
}

async function settleAlone<R extends Rejected>(
  division: Division<R>,
  item: Item<R>,
  refusal: Refusal<R>
): Promise<void> {
  const { error, hadLetter } = refusal
  if (hadLetter) return fail(division, [item], error)
  if (hasCode(error, 'STORE_REFUSED')) return division.quarantine(item)
  const [sound] = await withoutUnwritable(division, refusal)
  if (!sound) return
  division.suspects.remember(item.plan.provenance.key, {})
  // An error of the store that only this event meets says nothing of the store; a bug must be seen.
  if (isFailure(error)) sound.settle(toRetry(error))
  else fail(division, [sound], error)
}

/** Fail the events of tables that no commit can write, which the store is to blame for. */
async function withoutUnwritable<R extends Rejected>(
  division: Division<R>,
  { items, error }: Refusal<R>
): Promise<readonly Item<R>[]> {
  if (hasCode(error, 'STORE_UNAVAILABLE', 'STORE_CONTENDED')) return items
  const faultOf = await division.tables.unwritable(plansOf(items))
  const sound = without(division, items, faultOf)
  if (sound.length > 0) division.onCommitted()
  division.works ||= sound.length > 0
  return sound
}

/** Fail the events whose tables are at fault, and return the others. */
function without<R extends Rejected>(
  division: Division<R>,
  items: readonly Item<R>[],
  faultOf: FaultOf
): readonly Item<R>[] {
  return items.filter((item) => {
    const fault = faultOf(item.plan)
    if (fault) fail(division, [item], fault)
    return !fault
  })
}

function fail<R extends Rejected>(
  division: Division<R>,
  items: readonly Item<R>[],
  error: unknown
): void {
  const failure = toRetry(error)
  division.failure ??= failure
  division.failed.push(...items.map((item) => () => item.settle(failure)))
}

/** Small enough for few events to be tried alone, and few enough to be in flight at once. */
const partOf = { least: 6, atMost: 32, aloneBelow: 12 } as const

/**
 * Split a refused batch. Where commits run beside each other, two steps do: parts, then single
 * events. Where they run one after another, halves need the fewest commits.
 */
function split<T>(items: readonly T[], atOnce: number): readonly (readonly T[])[] {
  const size = atOnce === 1 ? Math.ceil(items.length / 2) : partSize(items.length)
  const starts = Array.from({ length: Math.ceil(items.length / size) }, (_each, n) => n * size)
  return starts.map((start) => items.slice(start, start + size))
}

function partSize(count: number): number {
  if (count <= partOf.aloneBelow) return 1
  return Math.max(partOf.least, Math.ceil(count / partOf.atMost))
}
