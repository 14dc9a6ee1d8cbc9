import type { EventOutcome } from './outcomes.ts'

const goodVerdicts = ['applied', 'duplicate', 'stale']

/**
 * List the answers that are wrong for their event in any order of arrival. When the events are new
 * to the service and no answer was lost, some must have been applied.
 */
export function answerDifferences(
  outcomes: readonly EventOutcome[],
  { eventsAreNew }: { readonly eventsAreNew: boolean }
): readonly string[] {
  return [...outcomes.flatMap(answerDifference), ...timesApplied(outcomes, eventsAreNew)]
}

function answerDifference(outcome: EventOutcome): readonly string[] {
  const { sending, status, verdict, reason } = outcome
  const { event, fault } = sending.sent
  const said = `${sending.envelope} ${event.id}: ${saidOf(outcome)}`
  const right = fault
    ? verdict === 'dead-lettered' && reason === fault.reason
    : goodVerdicts.includes(verdict ?? '')
  if (status === 200 && right) return []
  const wanted = fault ? `dead-lettered ${fault.reason}` : 'applied, duplicate or stale'
  return [`${said}, expected 200 and ${wanted}`]
}

function saidOf({ status, verdict, reason }: EventOutcome): string {
  if (status === undefined) return 'was not answered'
  return `was answered ${status} ${verdict} ${reason ?? ''}`.trim()
}

/** A new order that is placed is always news, once; any other event is news at most once. */
function timesApplied(outcomes: readonly EventOutcome[], eventsAreNew: boolean): readonly string[] {
  const times = new Map<string, { applied: number; always: boolean }>()
  for (const { sending, verdict } of outcomes) {
    const { event, fault } = sending.sent
    if (fault) continue
    const always = eventsAreNew && event.type === 'com.example.order.placed.v1'
    const before = times.get(event.id)?.applied ?? 0
    times.set(event.id, { applied: before + Number(verdict === 'applied'), always })
  }
  return [...times]
    .filter(([, { applied, always }]) => applied > 1 || (always && applied === 0))
    .map(([id, { applied }]) => `event ${id}: was applied ${applied} times`)
}
