import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { anchorsOf, readPages } from '../docs/markdown.ts'
import { unknownTo } from './known-series.ts'

interface Condition {
  readonly displayName: string
  readonly conditionPrometheusQueryLanguage: { readonly query: string; readonly duration: string }
}

interface Policy {
  readonly metadata: { readonly name: string }
  readonly spec: {
    readonly severity: string
    readonly conditions: readonly Condition[]
    readonly alertStrategy: { readonly autoClose: string }
    readonly notificationChannels: readonly { readonly name: string }[]
    readonly documentation: { readonly content: string }
  }
}

interface Tile {
  readonly width: number
  readonly height: number
  readonly xPos?: number
  readonly yPos?: number
  readonly widget: {
    readonly title: string
    readonly xyChart: {
      readonly dataSets: readonly {
        readonly timeSeriesQuery: { readonly prometheusQuery: string }
      }[]
    }
  }
}

interface Dashboard {
  readonly spec: {
    readonly mosaicLayout: { readonly columns: number; readonly tiles: readonly Tile[] }
  }
}

const documents = parseAllDocuments(readFileSync('deploy/monitoring.yaml', 'utf8'))
function ofKind<T extends object>(kind: string): readonly T[] {
  return documents.map((one): T & { kind: string } => one.toJS()).filter((one) => one.kind === kind)
}
const policies = ofKind<Policy>('MonitoringAlertPolicy')
const [dashboard] = ofKind<Dashboard>('MonitoringDashboard')
const tiles = dashboard?.spec.mosaicLayout.tiles ?? []
const channels = ofKind<Policy>('MonitoringNotificationChannel').map(
  ({ metadata }) => metadata.name
)

test('deploy/monitoring.yaml is YAML, with a channel, policies and one dashboard', () => {
  expect(documents.flatMap(({ errors }) => errors)).toEqual([])
  expect(documents).toHaveLength(channels.length + policies.length + 1)
  expect([channels.length, policies.length > 10, tiles.length > 20]).toEqual([1, true, true])
})

describe('every metric and label in use is exported', () => {
  test.each(
    policies.flatMap(({ spec }) =>
      spec.conditions.map(
        (one) => [one.displayName, one.conditionPrometheusQueryLanguage.query] as const
      )
    )
  )('by the alert: %s', (_, query) => expect(unknownTo(query)).toEqual([]))

  test.each(
    tiles.flatMap(({ widget }) =>
      widget.xyChart.dataSets.map(
        (one) => [widget.title, one.timeSeriesQuery.prometheusQuery] as const
      )
    )
  )('by the chart: %s', (_, query) => expect(unknownTo(query)).toEqual([]))

  test.each([
    ['landfall_nothing_total', 'landfall_nothing_total'],
    ['landfall_ready{color="red"}', 'landfall_ready{color}'],
    ['sum by (code) (landfall_events_total)', 'landfall_events_total{code}'],
    ['landfall_event_lag_seconds', 'landfall_event_lag_seconds'],
    ['landfall_queue_events_count', 'landfall_queue_events_count'],
    ['pubsub_googleapis_com:topic_nothing', 'pubsub_googleapis_com:topic_nothing']
  ])('and %s would be noticed', (query, unknown) => expect(unknownTo(query)).toEqual([unknown]))
})

const runbook = readPages().find(({ file }) => file === 'docs/runbook.md')
const headings = runbook ? anchorsOf(runbook) : new Set<string>()

describe.each(policies.map((policy) => [policy.metadata.name, policy.spec] as const))(
  'the policy %s',
  (_, spec) => {
    test('links to the section of the runbook about its symptom', () => {
      const [, anchor = ''] = /runbook\.md#([\w-]+)\)\s*$/.exec(spec.documentation.content) ?? []
      expect(headings).toContain(anchor)
    })

    test('has a severity and channels, and closes automatically', () => {
      expect(['WARNING', 'ERROR', 'CRITICAL']).toContain(spec.severity)
      expect(spec.notificationChannels.map(({ name }) => name)).toEqual(channels)
      expect(spec.alertStrategy).toEqual({ autoClose: '1800s' })
    })

    test('does not fire at a single failure', () => {
      for (const { conditionPrometheusQueryLanguage: condition } of spec.conditions) {
        const holds = Number.parseInt(condition.duration, 10) >= 180
        const counts = /increase\(.*\[(30m|1h)\]\)\) >= [3-9]\s*$/.test(condition.query)
        expect([condition.query, holds || counts]).toEqual([condition.query, true])
      }
    })
  }
)

test('names of policies are used once', () => {
  expect(new Set(policies.map(({ metadata }) => metadata.name)).size).toBe(policies.length)
})

test('the charts of the dashboard fill their rows and do not overlap', () => {
  const taken = tiles.flatMap(({ xPos = 0, yPos = 0, width, height }) =>
    Array.from(
      { length: width * height },
      (_, at) => `${xPos + (at % width)},${yPos + Math.floor(at / width)}`
    )
  )
  expect(new Set(taken).size).toBe(taken.length)
  const columns = Math.max(...tiles.map(({ xPos = 0, width }) => xPos + width))
  expect(columns).toBe(dashboard?.spec.mosaicLayout.columns)
})
