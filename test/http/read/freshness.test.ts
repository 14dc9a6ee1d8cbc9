import { expect, test } from 'vitest'
import { parseFreshness } from '../../../src/http/read/freshness.ts'
import type { Freshness } from '../../../src/store/store.ts'
import { refusal } from '../refusal.ts'

const now = Date.parse('2026-11-01T12:00:00Z')
const freshness = (parameters: Record<string, string>) =>
  parseFreshness(new Map(Object.entries(parameters)), 120_000, now)
const after = (commitTimestamp: string): Freshness => ({ kind: 'after', commitTimestamp })

const accepted: readonly [string, Record<string, string>, Freshness][] = [
  ['nothing', {}, { kind: 'strong' }],
  ['seconds', { staleness: '15s' }, { kind: 'stale', ms: 15_000 }],
  ['milliseconds', { staleness: '500ms' }, { kind: 'stale', ms: 500 }],
  ['minutes, up to the bound', { staleness: '2m' }, { kind: 'stale', ms: 120_000 }],
  ['no staleness at all', { staleness: '0s' }, { kind: 'strong' }],
  [
    'a commit timestamp',
    { after: '2026-11-01T11:59:59.123456789Z' },
    after('2026-11-01T11:59:59.123456789Z')
  ],
  [
    'a timestamp with an offset and a short fraction',
    { after: '2026-11-01T12:59:59.5+01:00' },
    after('2026-11-01T11:59:59.500000000Z')
  ],
  [
    'a clock that is ten seconds ahead',
    { after: '2026-11-01T12:00:10Z' },
    after('2026-11-01T12:00:10.000000000Z')
  ],
  [
    'both: the guarantee wins',
    { staleness: '15s', after: '2026-11-01T11:00:00Z' },
    after('2026-11-01T11:00:00.000000000Z')
  ]
]

test.each(accepted)('freshness is read from %s', (_name, parameters, expected) => {
  expect(freshness(parameters)).toEqual(expected)
})

const form = 'QUERY_INVALID: staleness: is not a duration such as 15s, 500ms or 2m'
const refused: readonly [string, Record<string, string>, string][] = [
  ['an empty staleness', { staleness: '' }, form],
  ['a staleness without unit', { staleness: '15' }, form],
  ['a negative staleness', { staleness: '-1s' }, form],
  ['a staleness in hours', { staleness: '1h' }, form],
  [
    'a staleness beyond the bound',
    { staleness: '121s' },
    'QUERY_INVALID: staleness: is more than this collection allows, 120000ms'
  ],
  [
    'a staleness beyond the bound that would not count',
    { staleness: '3m', after: '2026-11-01T11:00:00Z' },
    'QUERY_INVALID: staleness: is more than this collection allows, 120000ms'
  ],
  [
    'a timestamp without offset',
    { after: '2026-11-01T11:00:00' },
    'QUERY_INVALID: after: is not an RFC 3339 timestamp with an offset (type TIMESTAMP)'
  ],
  [
    'an offset whose plus became a space',
    { after: '2026-11-01T12:00:00 01:00' },
    'QUERY_INVALID: after: is not an RFC 3339 timestamp with an offset (type TIMESTAMP); ' +
      'in a query + is a space, write %2B'
  ],
  [
    'a timestamp in the future',
    { after: '2026-11-01T12:00:10.001Z' },
    'QUERY_INVALID: after: is in the future, so no commit has it'
  ]
]

test.each(refused)('freshness is refused for %s', (_name, parameters, message) => {
  expect(refusal(() => freshness(parameters))).toBe(message)
})
