import { policyOf } from '../store/schema/difference.ts'
import type { Change } from '../store/spanner/apply.ts'
import { counted } from './printable.ts'

/** Return what differs and what is done about it: a paragraph for each difference, and a sum. Pure. */
export function formatChanges(database: string, changes: readonly Change[]): string {
  const paragraphs = changes.map(formatChange)
  return [...paragraphs, `${database}: ${summarize(changes)}`].join('\n\n')
}

function formatChange({ kind, message, statements }: Change): string {
  const { apply, advice } = policyOf(kind)
  const words = { run: '', leave: 'Left alone. ', refuse: 'Refused. ' } as const
  const lines = advice ? [`${words[apply]}${advice}`] : statements.map((one) => `${one};`)
  return [message, ...lines.map((line) => `  ${line.replaceAll('\n', '\n  ')}`)].join('\n')
}

function summarize(changes: readonly Change[]): string {
  if (changes.length === 0) return 'no differences'
  const count = (apply: 'run' | 'leave' | 'refuse') =>
    changes.filter(({ kind }) => policyOf(kind).apply === apply).length
  const parts = [
    counted(changes, 'difference'),
    `${count('run')} additive`,
    `${count('refuse')} refused`,
    `${count('leave')} left alone`
  ]
  return parts.join(', ')
}

/** The same for scripts. A member is added at most, never renamed, and never gets another meaning. */
export function changesJson(
  database: string,
  applied: boolean,
  changes: readonly Change[]
): string {
  const differences = changes.map(({ statements, ...difference }) => {
    const { blocksReadiness, apply, advice = null } = policyOf(difference.kind)
    return { ...difference, blocksReadiness, apply, advice, statements }
  })
  return JSON.stringify({ database, applied, differences }, null, 2)
}
