import { promises } from './findings.ts'
import type { ChaosOptions, ChaosReport } from './run-chaos.ts'

const shown = 10

/** Return what a run showed, as text. The last line is that of a test run. */
export function reportChaos(
  { seed, seconds, processes }: Pick<ChaosOptions, 'seed' | 'seconds' | 'processes'>,
  report: ChaosReport
): string {
  const { findings, events, answers, disturbed, signals, looks } = report
  const checks = (Object.keys(promises) as (keyof typeof promises)[]).map((name) => ({
    name,
    violations: findings.of(name)
  }))
  const failed = checks.filter(({ violations }) => violations.length > 0).length
  return [
    '',
    `Seed ${seed}: ${seconds} s of faults, ${processes} processes, ${events} events, ${looks} looks`,
    `Disturbed calls: ${listed(disturbed)}`,
    `Signals: ${listed(signals)}`,
    `Answers and verdicts: ${listed(answers)}`,
    '',
    ...checks.flatMap(({ name, violations }) => [
      `${violations.length === 0 ? 'ok    ' : 'FAILED'} ${promises[name]}`,
      ...violations.slice(0, shown).map((violation) => `         ${violation}`),
      ...(violations.length > shown ? [`         and ${violations.length - shown} more`] : [])
    ]),
    '',
    `${checks.length - failed} passed, ${failed} failed`
  ].join('\n')
}

function listed(counts: ReadonlyMap<string, number>): string {
  const all = [...counts].sort(([, a], [, b]) => b - a)
  return all.map(([name, count]) => `${name} ${count}`).join(', ') || 'none'
}

/** Report whether every promise was kept. */
export function allKept({ findings }: ChaosReport): boolean {
  return (Object.keys(promises) as (keyof typeof promises)[]).every(
    (name) => findings.of(name).length === 0
  )
}
