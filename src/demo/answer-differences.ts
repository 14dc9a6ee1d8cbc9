import type { Outcome } from './exchange.ts'

const goodVerdicts = ['applied', 'duplicate', 'stale']

/** Say where an answer is not what the event deserves, whatever the order of arrival was. */
export function answerDifferences(outcomes: readonly Outcome[]): readonly string[] {
  return [...outcomes.flatMap(answerDifference), ...timesApplied(outcomes)]
}

function answerDifference({ sending, status, verdict, reason }: Outcome): readonly string[] {
  const { event, fault } = sending.demoCase
  const said = `${sending.envelope} ${event.id}: was answered ${status} ${verdict} ${reason ?? ''}`
  const right = fault
    ? verdict === 'dead-lettered' && reason === fault.reason
    : goodVerdicts.includes(verdict ?? '')
  if (status === 200 && right) return []
  const wanted = fault ? `dead-lettered ${fault.reason}` : 'applied, duplicate or stale'
  return [`${said.trim()}, expected 200 and ${wanted}`]
}

/** An order that is placed is always news, once; any other event is news at most once. */
function timesApplied(outcomes: readonly Outcome[]): readonly string[] {
  const times = new Map<string, { applied: number; always: boolean }>()
  for (const { sending, verdict } of outcomes) {
    const { event, fault } = sending.demoCase
    if (fault) continue
    const always = event.type === 'com.example.order.placed.v1'
    const before = times.get(event.id)?.applied ?? 0
    times.set(event.id, { applied: before + Number(verdict === 'applied'), always })
  }
  return [...times]
    .filter(([, { applied, always }]) => applied > 1 || (always && applied === 0))
    .map(([id, { applied }]) => `event ${id}: was applied ${applied} times`)
}
