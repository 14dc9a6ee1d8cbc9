import type { Push, Sending } from './pushes.ts'
import type { Pushed } from './simulate.ts'

/** The final answer for one event of one push. */
export interface EventOutcome {
  readonly sending: Sending
  readonly acknowledged: boolean
  /** Of the last answer; absent when there was none. */
  readonly status: number | undefined
  /** Absent when the answer has none for this event. */
  readonly verdict: string | undefined
  readonly reason: string | undefined
}

/** Read the answers: one for one event, or those of a batch. */
export function readOutcomes(pushed: readonly Pushed<Push>[]): readonly EventOutcome[] {
  return pushed.flatMap(({ push: { sendings }, acknowledged, answer }) => {
    const answers = answer ? readAnswers(answer.body) : []
    const verdicts = answers.length === sendings.length ? answers : []
    return sendings.map((sending, index) => ({
      sending,
      acknowledged,
      status: answer?.status,
      verdict: textOf(verdicts[index], 'verdict'),
      reason: textOf(verdicts[index], 'reason')
    }))
  })
}

function readAnswers(body: string): readonly unknown[] {
  try {
    return [JSON.parse(body)].flat()
  } catch {
    return []
  }
}

function textOf(value: unknown, name: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const member: unknown = Object.entries(value).find(([key]) => key === name)?.[1]
  return typeof member === 'string' ? member : undefined
}
