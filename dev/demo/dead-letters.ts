import { DatabaseSync } from 'node:sqlite'
import type { Case } from '../simulator/cases.ts'
import type { Sending } from '../simulator/pushes.ts'

/** Dead letters of one reason, and how often they were delivered. */
export interface ReasonCount {
  readonly reason: string
  readonly letters: number
  readonly deliveries: number
}

const countByReason =
  'SELECT reason, COUNT(*) AS letters, SUM(times_seen) AS deliveries ' +
  'FROM dead_letters GROUP BY reason ORDER BY reason'

/** Count the dead letters in the file of a service that has ended. */
export function countDeadLetters(embeddedFile: string): readonly ReasonCount[] {
  const database = new DatabaseSync(embeddedFile, { readOnly: true })
  try {
    return database
      .prepare(countByReason)
      .all()
      .map(({ reason, letters, deliveries }) => ({
        reason: String(reason),
        letters: Number(letters),
        deliveries: Number(deliveries)
      }))
  } finally {
    database.close()
  }
}

/** Return one dead letter for each broken event, however often it was sent. */
export function expectDeadLetters(sendings: readonly Sending[]): readonly ReasonCount[] {
  const seen = new Map<string, { cases: Set<Case>; deliveries: number }>()
  for (const { sent } of sendings) {
    if (!sent.fault) continue
    const { reason } = sent.fault
    const count = seen.get(reason) ?? { cases: new Set(), deliveries: 0 }
    count.cases.add(sent)
    count.deliveries += 1
    seen.set(reason, count)
  }
  return [...seen].map(([reason, { cases, deliveries }]) => ({
    reason,
    letters: cases.size,
    deliveries
  }))
}

/** List where the dead letters differ from the expected ones. */
export function deadLetterDifferences(
  expected: readonly ReasonCount[],
  found: readonly ReasonCount[]
): readonly string[] {
  const [wanted, kept] = [byReason(expected), byReason(found)]
  return [...new Set([...wanted.keys(), ...kept.keys()])]
    .filter((reason) => wanted.get(reason) !== kept.get(reason))
    .map((reason) => {
      const [is, should] = [kept.get(reason) ?? 'none', wanted.get(reason) ?? 'none']
      return `dead letters ${reason}: ${is}, expected ${should}`
    })
}

function byReason(counts: readonly ReasonCount[]): ReadonlyMap<string, string> {
  return new Map(
    counts.map(({ reason, letters, deliveries }) => [reason, `${letters} seen ${deliveries} times`])
  )
}
