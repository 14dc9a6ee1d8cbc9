import { kindRules } from '../../contracts/kinds.ts'
import { type Verdict, verdicts } from '../../plan.ts'
import { type CollectionKind, collectionKinds } from '../../store/table.ts'
import type { JsonObject } from '../../values/json.ts'
import { reference } from './event-schemas.ts'
import { codesOf } from './problem-responses.ts'

const meanings: Readonly<Record<Verdict, string>> = {
  applied: 'its writes are committed',
  duplicate: 'it already had its effect',
  stale: 'a newer event was applied before it',
  ignored: 'its contract has no writes, or `forEach` found no elements',
  'dead-lettered': 'it cannot land, and was stored with the reason'
}

const committed = verdicts.filter((name) => name !== 'ignored' && name !== 'dead-lettered')

const commitTimestamp: JsonObject = {
  description: 'A read with this value as `after` sees the effect.',
  type: 'string',
  format: 'date-time'
}

const deadLetter: JsonObject = {
  reason: { description: 'Why it cannot land.', enum: codesOf('dead-letter') },
  detail: { description: 'What is wrong and where, for people.', type: 'string' },
  deadLetter: {
    description: 'The id of the dead letter, for `landfall dead-letters show`.',
    $ref: '#/components/schemas/EventKey'
  }
}

const row: JsonObject = { type: 'object', description: 'Values by column, as they are stored.' }

function plannedWrite(kind: CollectionKind): JsonObject {
  const members = plannedMembers[kind]
  return {
    type: 'object',
    required: ['collection', 'operation', 'key', ...Object.keys(members)],
    properties: {
      collection: { type: 'string' },
      operation: { enum: kindRules[kind].operations },
      key: row,
      ...members
    },
    additionalProperties: false
  }
}

/** What a dry run shows of a write to each kind of collection. */
const plannedMembers: Readonly<Record<CollectionKind, JsonObject>> = {
  state: { version: { type: 'string' }, values: row },
  log: { values: row },
  counter: { amounts: row }
}

/** The schemas of what `answer.ts` writes. */
export const verdictSchemas: JsonObject = {
  Verdict: {
    description: verdicts.map((name) => `\`${name}\`: ${meanings[name]}.`).join(' '),
    oneOf: [
      {
        type: 'object',
        required: ['verdict'],
        properties: { verdict: { enum: committed }, commitTimestamp },
        additionalProperties: false
      },
      {
        type: 'object',
        required: ['verdict'],
        properties: { verdict: { const: 'ignored' } },
        additionalProperties: false
      },
      {
        type: 'object',
        required: ['verdict', 'reason', 'detail', 'deadLetter'],
        properties: { verdict: { const: 'dead-lettered' }, commitTimestamp, ...deadLetter },
        additionalProperties: false
      }
    ]
  },
  DryRunResult: {
    description: 'The verdict that the event would get. The service writes nothing.',
    type: 'object',
    required: ['dryRun', 'verdict', 'eventKey', 'writes'],
    properties: {
      dryRun: { const: true },
      verdict: { enum: verdicts },
      ...deadLetter,
      eventKey: reference('EventKey'),
      writes: { type: 'array', items: reference('PlannedWrite') }
    },
    additionalProperties: false
  },
  PlannedWrite: { oneOf: collectionKinds.map(plannedWrite) },
  EventKey: {
    description: 'A hash of source and id, 128 bits.',
    type: 'string',
    pattern: '^[0-9a-f]{32}$'
  }
}
