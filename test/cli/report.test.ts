import { describe, expect, test } from 'vitest'
import { createReport } from '../../src/cli/report.ts'

function makeReport(isTTY: boolean) {
  const [lines, progress]: [string[], string[]] = [[], []]
  const stream = { isTTY, write: (text: string) => progress.push(text) }
  const report = createReport((line) => void lines.push(line), stream, 'lines')
  return { report, lines, progress }
}

const dead = (code: 'DATA_INVALID' | 'JSON_INVALID') =>
  ({ verdict: 'dead-lettered', reason: { code, detail: 'd' } }) as const

describe('a report', () => {
  test('counts by verdict and reason, as a table or as JSON', () => {
    const { report, lines } = makeReport(false)
    report.count({ verdict: 'applied' })
    report.count(dead('JSON_INVALID'))
    report.count(dead('DATA_INVALID'))
    report.count(dead('DATA_INVALID'))
    expect(report.of('dead-lettered')).toBe(3)
    report.end('table')
    expect(lines.slice(2)).toEqual([
      'applied                          1',
      'dead-lettered  DATA_INVALID      2',
      'dead-lettered  JSON_INVALID      1'
    ])
    report.end('json', { lastLine: 4 })
    expect(JSON.parse(lines.at(-1) ?? '')).toEqual({
      lastLine: 4,
      verdicts: { applied: 1, duplicate: 0, stale: 0, ignored: 0, 'dead-lettered': 3 }
    })
  })

  test('prints no table when there are no counts', () => {
    const { report, lines } = makeReport(true)
    report.end('table')
    expect(lines).toEqual([])
  })

  test('shows progress as one line on a terminal, and clears it', () => {
    const { report, progress } = makeReport(true)
    for (let n = 0; n < 120; n++) report.count({ verdict: 'applied' })
    report.end('nothing')
    expect(progress).toEqual(['\r\u001b[K50 lines', '\r\u001b[K100 lines', '\r\u001b[K'])
  })

  test('prints a line from time to time when there is no terminal', () => {
    const { report, progress } = makeReport(false)
    for (let n = 0; n < 10_050; n++) report.count({ verdict: 'applied' })
    expect(progress).toEqual(['10000 lines\n'])
  })
})
