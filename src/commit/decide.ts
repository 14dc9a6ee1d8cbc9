import type { Reason } from '../failures.ts'
import {
  deadLetterPlan,
  deadLetterReason,
  type LogWrite,
  type Plan,
  type Verdict,
  verdicts,
  type Write,
  type WriteOf
} from '../plan.ts'
import type { CurrentRows, Decision, Guard } from '../store/store.ts'
import { managedColumns, type Table, type TableKind } from '../store/table.ts'
import { COMMIT_TIMESTAMP, type WrittenRow } from '../values/value.ts'
import { at } from './at.ts'
import { foldCounter, foldLedger } from './fold-counter.ts'
import { foldDeadLetter } from './fold-dead-letter.ts'
import { foldMergeable } from './fold-mergeable.ts'
import { foldState } from './fold-state.ts'
import { type ChangingRows, createRows, type Fold, type Folded, type Rows } from './rows.ts'
import { type Change, entriesOf, entryId, findTaken, guardOf } from './unique.ts'

/** How a write to each kind of table is decided. */
const folds: { readonly [K in TableKind]: Fold<WriteOf<K>> } = {
  state: (write, plan, rows) =>
    (isMergeable(write.table) ? foldMergeable : foldState)(write, plan, rows),
  log: foldLog,
  counter: foldCounter,
  ledger: foldLedger,
  'dead-letters': foldDeadLetter
}

/** Must deciding a write see the row that is there? Others are committed blindly. */
const guarded: Readonly<Record<TableKind, boolean>> = {
  state: true,
  log: false,
  counter: true,
  ledger: true,
  'dead-letters': true
}

/** What becomes of one event. */
export interface Decided {
  readonly verdict: Verdict
  /** Why it is dead-lettered. */
  readonly reason?: Reason
}

/** Thrown by `decide` when plans cannot be applied to the rows that are there. */
export class PlansRefused extends Error {
  override readonly name = 'PlansRefused'
  /** Why, by the place of the plan. */
  readonly reasons: ReadonlyMap<number, Reason>

  constructor(reasons: ReadonlyMap<number, Reason>) {
    super(`${reasons.size} plans cannot be applied`)
    this.reasons = reasons
  }
}

/** The places of the plans whose dead letters may be written: their rows are guarded too. */
export type Named = ReadonlySet<number>

const none: Named = new Set()

/** Name the rows and entries that deciding these plans must see, each once. */
export function guardsOf(plans: readonly Plan[], named: Named = none): readonly Guard[] {
  const guards = new Map<string, Guard>()
  for (const { writes } of plans) for (const write of writes) addGuards(guards, write)
  for (const place of named) {
    for (const write of letterOf(at(plans, place)).writes) addGuards(guards, write)
  }
  return [...guards.values()]
}

function addGuards(guards: Map<string, Guard>, write: Write): void {
  if (guarded[write.kind]) guards.set(write.row, write)
  for (const entry of entriesOf(write)) guards.set(entryId(entry), guardOf(entry))
}

/** Name every row of an event and of its dead letter, those that are otherwise written blindly too. */
export function allGuardsOf(plan: Plan): readonly Guard[] {
  const entries = plan.writes.flatMap(entriesOf).map(guardOf)
  return [...plan.writes, ...entries, ...letterOf(plan).writes]
}

/** The row of a dead letter is named by its event, whatever the reason. */
const letterOf = ({ provenance }: Plan) =>
  deadLetterPlan(provenance, { code: 'STORE_REFUSED', detail: '' })

/**
 * Fold the plans in arrival order, also against each other, into one mutation per row and one
 * verdict per plan. Pure: the same rows and plans give the same decision.
 *
 * @param named plans whose dead letter is written in their place if they cannot be applied
 * @throws {PlansRefused} naming every other plan that cannot be applied, such as to a counter that
 * would overflow
 */
export function decide(
  current: CurrentRows,
  plans: readonly Plan[],
  named: Named = none
): Decision<readonly Decided[]> {
  const rows = createRows(current)
  const reasons = new Map<number, Reason>()
  const result = plans.map((plan, place): Decided => {
    const folded = foldPlan(plan, rows)
    if (typeof folded === 'string') return decided(folded, deadLetterReason(plan))
    if (named.has(place)) return foldLetter(plan, folded, rows)
    reasons.set(place, folded)
    return { verdict: 'dead-lettered', reason: folded }
  })
  if (reasons.size > 0) throw new PlansRefused(reasons)
  return { mutations: rows.mutations(), result }
}

/**
 * Decide on an event that the store refuses, given all its guards: its dead letter is written unless
 * its effect is there already, or was overtaken. One write that is a duplicate proves the whole
 * event, whose writes share one commit.
 */
export function decideRefused(current: CurrentRows, plan: Plan, reason: Reason): Decision<Decided> {
  const rows = createRows(current)
  const outcomes = plan.writes.map((write) => foldWrite(write, plan, rows))
  const all = outcomes.map((folded) => ('refused' in folded ? 'refused' : folded.outcome))
  if (all.includes('duplicate')) return { mutations: [], result: { verdict: 'duplicate' } }
  if (all.every((outcome) => outcome === 'stale')) {
    return { mutations: [], result: { verdict: 'stale' } }
  }
  const named = outcomes.flatMap((folded) => ('refused' in folded ? [folded.refused] : []))
  const result = foldLetter(plan, named[0] ?? reason, rows)
  return { mutations: rows.mutations(), result }
}

function foldLetter(plan: Plan, reason: Reason, rows: ChangingRows): Decided {
  foldPlan(deadLetterPlan(plan.provenance, reason), rows)
  return { verdict: 'dead-lettered', reason }
}

const decided = (verdict: Verdict, reason: Reason | undefined): Decided =>
  reason ? { verdict, reason } : { verdict }

function foldPlan(plan: Plan, rows: ChangingRows): Verdict | Reason {
  const folded: Accepted[] = []
  for (const write of plan.writes) {
    const each = foldWrite(write, plan, rows)
    if ('refused' in each) return each.refused
    folded.push(each)
  }
  const changed: Change[] = []
  for (const [i, { changes }] of folded.entries()) {
    if (changes) changed.push({ ref: at(plan.writes, i), changes })
  }
  const taken = findTaken(changed, rows)
  if (taken) return taken
  // Only now, so that what a refused plan asked for does not count against the others.
  for (const { ref, changes } of changed) rows.change(ref, changes)
  return verdictOf(plan.writes, folded)
}

type Accepted = Exclude<Folded, { readonly refused: Reason }>

function foldWrite<K extends TableKind>(write: WriteOf<K>, plan: Plan, rows: Rows): Folded {
  return folds[write.kind](write, plan, rows)
}

/** Does some contract merge into the table, so that its columns have versions of their own? */
const isMergeable = ({ guardColumns }: Table) =>
  guardColumns.includes(managedColumns.columnVersions)

/** A log row is the same however often it is written, so its commit need not read it. */
function foldLog(write: LogWrite, _plan: Plan, rows: Rows): Folded {
  if (rows.get(write)) return { outcome: 'duplicate' }
  const changes: WrittenRow = { ...write.values, [managedColumns.committedAt]: COMMIT_TIMESTAMP }
  return { outcome: 'applied', changes }
}

/** What happened to the event: blind writes speak only where nothing else does. */
function verdictOf(writes: readonly Write[], folded: readonly Accepted[]): Verdict {
  const seeing = folded.filter((_each, i) => guarded[at(writes, i).kind])
  const telling = seeing.length > 0 ? seeing : folded
  return verdicts.find((verdict) => telling.some(({ outcome }) => outcome === verdict)) ?? 'ignored'
}
