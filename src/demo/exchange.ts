import pLimit from 'p-limit'
import type { HttpClient } from './http-client.ts'
import type { DemoRequest, Sending } from './script.ts'

/** What the service said of one event of one request. */
export interface Outcome {
  readonly sending: Sending
  readonly status: number
  /** Absent where the answer has none for this event. */
  readonly verdict: string | undefined
  readonly reason: string | undefined
}

/** Send the requests in their order, at most `inFlight` at once, and collect what is answered. */
export async function exchange(
  client: Pick<HttpClient, 'post'>,
  requests: readonly DemoRequest[],
  inFlight: number,
  onAnswer: (done: number) => void
): Promise<readonly Outcome[]> {
  let done = 0
  const outcomes = await pLimit(inFlight).map(requests, async ({ sendings, encoded }) => {
    const { status, body } = await client.post(encoded)
    done += 1
    onAnswer(done)
    const answers = readAnswers(body)
    const verdicts = answers.length === sendings.length ? answers : []
    return sendings.map((sending, index) => ({
      sending,
      status,
      verdict: textOf(verdicts[index], 'verdict'),
      reason: textOf(verdicts[index], 'reason')
    }))
  })
  return outcomes.flat()
}

/** The answer for one event, or those of a batch. */
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
