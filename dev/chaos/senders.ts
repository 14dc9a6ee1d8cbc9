import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../simulator/random.ts'
import type { ChaosProcess } from './chaos-process.ts'
import type { ChaosPush } from './chaos-push.ts'
import type { AnswerJudge } from './judge-answers.ts'

export interface SenderOptions {
  readonly processes: readonly ChaosProcess[]
  readonly judge: AnswerJudge
  readonly random: Random
  /** Share of the attempts that hang up before there is an answer. */
  readonly hangUps: number
  /** Aborted when what is not acknowledged yet is given up. */
  readonly givenUp: AbortSignal
}

const firstBackoffMs = 100
const maxBackoffMs = 1500

/** Send a push to any process, again and again, until one acknowledges it or it is given up. */
export async function deliver(push: ChaosPush, options: SenderOptions): Promise<void> {
  const { judge, givenUp } = options
  judge.sent(push.events)
  for (let attempt = 1; !givenUp.aborted; attempt += 1) {
    if (await deliverOnce(push, attempt, options)) return
    await sleep(Math.min(maxBackoffMs, firstBackoffMs * 2 ** (attempt - 1)))
  }
}

async function deliverOnce(
  push: ChaosPush,
  attempt: number,
  { processes, judge, random, hangUps }: SenderOptions
): Promise<boolean> {
  const up = processes.filter((one) => one.running())
  const [first, ...others] = up.length > 0 ? up : processes
  if (!first) return false
  const target = random.pick([first, ...others])
  const client = random.chance(hangUps) ? target.impatient : target.client
  const answer = await client.post(push.encode(attempt)).catch(() => undefined)
  return answer ? judge.answered(push.events, answer) : false
}

/** Send pushes, so many a second and so many at once, until the signal is aborted. */
export async function sendUntil(
  stopped: AbortSignal,
  next: () => ChaosPush,
  pace: { readonly perSecond: number; readonly atOnce: number },
  options: SenderOptions
): Promise<void> {
  const startedAt = performance.now()
  let turns = 0
  const senders = Array.from({ length: pace.atOnce }, async () => {
    while (!stopped.aborted) {
      const dueAt = startedAt + (turns * 1000) / pace.perSecond
      turns += 1
      await sleep(Math.max(0, dueAt - performance.now()))
      if (!stopped.aborted) await deliver(next(), options)
    }
  })
  await Promise.all(senders)
}
