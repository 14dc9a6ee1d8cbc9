import { deadLettersTable, ledgerTable } from '../store/managed-tables.ts'
import type { LogWrite, Plan, Reason, Verdict, Write } from '../store/plan.ts'
import type { CurrentRows, Decision, Guard } from '../store/store.ts'
import { managed } from '../store/table.ts'
import { COMMIT_TIMESTAMP } from '../store/value.ts'
import { enterLedger, foldCounter } from './fold-counter.ts'
import { foldDeadLetter } from './fold-dead-letter.ts'
import { foldState } from './fold-state.ts'
import { createRows, type Rows, rowId } from './rows.ts'
import type { WriteOutcome } from './write-outcome.ts'

/** Thrown by `decide` when a plan cannot be applied to the rows that are there. */
export class PlanRefused extends Error {
  override readonly name = 'PlanRefused'
  readonly index: number
  readonly reason: Reason

  constructor(index: number, reason: Reason) {
    super(reason.detail)
    this.index = index
    this.reason = reason
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
  const counts = plan.writes.some((write) => write.kind === 'counter')
  return counts ? [...guarded, { table: ledgerTable, key: [plan.eventKey] }] : guarded
}

/**
 * Fold the plans in arrival order, also against each other, into one mutation per row and one
 * verdict per plan. Pure: the same rows and plans give the same decision.
 *
 * @throws {PlanRefused} when a plan cannot be applied, such as a counter that would overflow
 */
export function decide(current: CurrentRows, plans: readonly Plan[]): Decision<readonly Verdict[]> {
  const rows = createRows(current)
  const result = plans.map((plan, index) => foldPlan(plan, index, rows))
  return { mutations: rows.mutations(), result }
}

function foldPlan(plan: Plan, index: number, rows: Rows): Verdict {
  if (plan.reason) {
    foldDeadLetter(plan.letter, plan.reason, rows)
    return 'dead-lettered'
  }
  const ledger = plan.writes.some((write) => write.kind === 'counter') && enterLedger(plan, rows)
  const outcomes = plan.writes.map((write) => {
    if (write.kind === 'state') return foldState(write, plan, rows)
    if (write.kind === 'log') return foldLog(write, plan, rows)
    const reason = ledger === 'applied' ? foldCounter(write, rows) : undefined
    if (reason) throw new PlanRefused(index, reason)
    return ledger || 'applied'
  })
  return verdictOf(plan.writes, outcomes)
}

/** A log row is the same however often it is written, so nobody looks whether it is there. */
function foldLog(write: LogWrite, plan: Plan, rows: Rows): WriteOutcome {
  const key = [...write.key, plan.eventKey].slice(0, write.table.primaryKey.length)
  if (rows.get(write.table, key)) return 'duplicate'
  rows.put(write.table, key, { ...write.values, [managed.committedAt]: COMMIT_TIMESTAMP })
  return 'applied'
}

/** What happened to the event: log writes are blind and speak only where nothing else does. */
function verdictOf(writes: readonly Write[], outcomes: readonly WriteOutcome[]): Verdict {
  const guarded = outcomes.filter((_outcome, i) => writes[i]?.kind !== 'log')
  const telling = guarded.length > 0 ? guarded : outcomes
  const order = ['applied', 'duplicate', 'stale'] as const
  return order.find((outcome) => telling.includes(outcome)) ?? 'ignored'
}
