import type { ChaosEvent } from './chaos-event.ts'
import type { Findings } from './findings.ts'

export interface ChaosAnswer {
  readonly status: number
  readonly body: string
}

/** Judges every answer as it arrives, and remembers what each event was told. */
export interface AnswerJudge {
  /** Record that these events are in a request that goes out. */
  sent(events: readonly ChaosEvent[]): void
  /** Judge an answer. Returns true when it acknowledges its events. */
  answered(events: readonly ChaosEvent[], answer: ChaosAnswer): boolean
  /** Every event that went out, each once. */
  events(): readonly ChaosEvent[]
  acknowledged(event: ChaosEvent): boolean
  told(event: ChaosEvent): readonly string[]
  /** Answers by status, and verdicts by name. */
  readonly counts: ReadonlyMap<string, number>
}

export function createAnswerJudge(findings: Findings): AnswerJudge {
  const known = new Map<string, ChaosEvent>()
  const verdicts = new Map<string, string[]>()
  const counts = new Map<string, number>()
  const count = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1)

  function judgeRefusal({ status, body }: ChaosAnswer, events: readonly ChaosEvent[]): void {
    if (status >= 500 && status !== 500) return
    const whom = events.map(nameOf).join(', ')
    findings.violated('refusals', `${whom}: was answered ${status} ${body.slice(0, 200)}`)
  }

  function judgeVerdict(event: ChaosEvent, said: Said): void {
    const verdict = String(said.verdict)
    const reason = said.reason ?? ''
    count(verdict)
    const before = verdicts.get(event.key) ?? []
    verdicts.set(event.key, [...before, verdict])
    const right = event.poison
      ? verdict === 'dead-lettered' && reason === event.poison
      : goodVerdicts.includes(verdict)
    if (!right) findings.violated('verdicts', `${nameOf(event)}: was told ${verdict} ${reason}`)
    if (verdict === 'applied' && before.includes('applied')) {
      findings.violated('once', `${nameOf(event)}: was told ${[...before, verdict].join(', ')}`)
    }
  }

  return {
    counts,
    sent(events) {
      for (const event of events) known.set(event.key, event)
    },
    answered(events, answer) {
      count(String(answer.status))
      if (answer.status !== 200) {
        judgeRefusal(answer, events)
        return false
      }
      const said = readVerdicts(answer.body)
      for (const [i, event] of events.entries()) judgeVerdict(event, said[i] ?? {})
      return true
    },
    events: () => [...known.values()],
    acknowledged: ({ key }) => verdicts.has(key),
    told: ({ key }) => verdicts.get(key) ?? []
  }
}

const goodVerdicts: readonly string[] = ['applied', 'duplicate', 'stale']

/** How violations name an event. */
export function nameOf({ event, poison }: ChaosEvent): string {
  const kind = poison ? `poison ${poison}` : event.type
  return `${event.source} ${event.id} (${kind})`
}

interface Said {
  readonly verdict?: unknown
  readonly reason?: unknown
}

function readVerdicts(body: string): readonly Said[] {
  const parsed: unknown = JSON.parse(body)
  return [parsed].flat().map((said) => (typeof said === 'object' && said !== null ? said : {}))
}
