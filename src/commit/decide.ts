import type { Reason } from '../failures.ts'
import {
  type LogWrite,
  type Plan,
  type Verdict,
  verdicts,
  type Write,
  type WriteOf
} from '../plan.ts'
import type { CurrentRows, Decision, Guard } from '../store/store.ts'
import { managedColumns, type Table, type TableKind } from '../store/table.ts'
import { COMMIT_TIMESTAMP } from '../values/value.ts'
import { at } from './at.ts'
import { foldCounter, foldLedger } from './fold-counter.ts'
import { foldDeadLetter } from './fold-dead-letter.ts'
import { foldMergeable } from './fold-mergeable.ts'
import { foldState } from './fold-state.ts'
import {
  type ChangingRows,
  createRows,
  type Fold,
  type Folded,
  type Rows,
  type WrittenRow
} from './rows.ts'

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

/** Name the rows that deciding these plans must see, each once. */
export function guardsOf(plans: readonly Plan[]): readonly Guard[] {
  const guards = new Map<string, Guard>()
  for (const { writes } of plans) {
    for (const write of writes) if (guarded[write.kind]) guards.set(write.row, write)
  }
  return [...guards.values()]
}

/**
 * Fold the plans in arrival order, also against each other, into one mutation per row and one
 * verdict per plan. Pure: the same rows and plans give the same decision.
 *
 * @throws {PlansRefused} naming every plan that cannot be applied, such as to a counter that would
 * overflow
 */
export function decide(current: CurrentRows, plans: readonly Plan[]): Decision<readonly Verdict[]> {
  const rows = createRows(current)
  const reasons = new Map<number, Reason>()
  const result = plans.map((plan, index): Verdict => {
    const folded = foldPlan(plan, rows)
    if (typeof folded === 'string') return folded
    reasons.set(index, folded)
    return 'dead-lettered'
  })
  if (reasons.size > 0) throw new PlansRefused(reasons)
  return { mutations: rows.mutations(), result }
}

function foldPlan(plan: Plan, rows: ChangingRows): Verdict | Reason {
  const folded: Accepted[] = []
  for (const write of plan.writes) {
    const each = foldWrite(write, plan, rows)
    if ('refused' in each) return each.refused
    folded.push(each)
  }
  // Only now, so that what a refused plan asked for does not count against the others.
  for (const [i, { changes }] of folded.entries()) {
    if (changes) rows.change(at(plan.writes, i), changes)
  }
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
