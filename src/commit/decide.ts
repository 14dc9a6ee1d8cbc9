import type { LogWrite, Plan, Reason, Verdict, Write, WriteOutcome } from '../plan.ts'
import { deadLettersTable, ledgerTable } from '../store/managed-tables.ts'
import type { CurrentRows, Decision, Guard } from '../store/store.ts'
import { managed, type Table } from '../store/table.ts'
import { COMMIT_TIMESTAMP } from '../values/value.ts'
import { enterLedger, foldCounter } from './fold-counter.ts'
import { foldDeadLetter } from './fold-dead-letter.ts'
import { foldMergeable } from './fold-mergeable.ts'
import { foldState } from './fold-state.ts'
import { createRows, type Rows, rowId } from './rows.ts'

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

/** Name the rows that deciding these plans must see. Blind log writes need none. */
export function guardsOf(plans: readonly Plan[]): readonly Guard[] {
  const guards = new Map<string, Guard>()
  for (const guard of plans.flatMap(planGuards)) guards.set(rowId(guard.table, guard.key), guard)
  return [...guards.values()]
}

function planGuards(plan: Plan): readonly Guard[] {
  if (plan.reason) return [{ table: deadLettersTable, key: [plan.letter.id] }]
  const guarded = plan.writes.filter((write) => write.kind !== 'log')
  return counts(plan) ? [...guarded, { table: ledgerTable, key: [plan.eventKey] }] : guarded
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
    // What a refused plan changed before it was refused must not count against the others.
    const own = counts(plan) ? createRows(rows) : rows
    const folded = foldPlan(plan, own)
    if (typeof folded === 'string') {
      if (own !== rows) own.mutations().forEach(rows.take)
      return folded
    }
    reasons.set(index, folded)
    return 'dead-lettered'
  })
  if (reasons.size > 0) throw new PlansRefused(reasons)
  return { mutations: rows.mutations(), result }
}

const counts = (plan: Plan) => plan.writes.some((write) => write.kind === 'counter')

function foldPlan(plan: Plan, rows: Rows): Verdict | Reason {
  if (plan.reason) {
    foldDeadLetter(plan.letter, plan.reason, rows)
    return 'dead-lettered'
  }
  const counted = counts(plan) && enterLedger(plan, rows) === 'duplicate'
  const outcomes: WriteOutcome[] = []
  for (const write of plan.writes) {
    const outcome = foldWrite(write, plan, rows, counted)
    if (typeof outcome !== 'string') return outcome
    outcomes.push(outcome)
  }
  return verdictOf(plan.writes, outcomes)
}

function foldWrite(write: Write, plan: Plan, rows: Rows, counted: boolean): WriteOutcome | Reason {
  if (write.kind === 'state') {
    const fold = isMergeable(write.table) ? foldMergeable : foldState
    return fold(write, plan, rows)
  }
  if (write.kind === 'log') return foldLog(write, rows)
  return counted ? 'duplicate' : (foldCounter(write, rows) ?? 'applied')
}

/** Does some contract merge into the table, so that its columns have versions of their own? */
const isMergeable = ({ guardColumns }: Table) => guardColumns.includes(managed.columnVersions)

/** A log row is the same however often it is written, so its commit need not read it. */
function foldLog({ table, key, values }: LogWrite, rows: Rows): WriteOutcome {
  if (rows.get(table, key)) return 'duplicate'
  rows.put(table, key, { ...values, [managed.committedAt]: COMMIT_TIMESTAMP })
  return 'applied'
}

/** What happened to the event: log writes are blind and speak only where nothing else does. */
function verdictOf(writes: readonly Write[], outcomes: readonly WriteOutcome[]): Verdict {
  const guarded = outcomes.filter((_outcome, i) => writes[i]?.kind !== 'log')
  const telling = guarded.length > 0 ? guarded : outcomes
  const order = ['applied', 'duplicate', 'stale'] as const
  return order.find((outcome) => telling.includes(outcome)) ?? 'ignored'
}
