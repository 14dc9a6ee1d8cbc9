import type { Contracts } from '../../contracts/contracts.ts'
import type { DescribedEvent } from '../../contracts/describe-events.ts'
import { anyEventSchema } from '../../contracts/event-schema.ts'
import { messageIdHeader } from '../../delivery/unwrapped.ts'
import type { JsonObject } from '../../values/json.ts'
import { deliveryPaths as paths } from '../deliver/routes.ts'
import { type Access, type AccessModes, pushAccess } from './access.ts'
import { eventsOverHttp, reference } from './event-schemas.ts'
import { codesOf, namedProblems, problemReferences } from './problem-responses.ts'

/** Describe how events are delivered, at both paths. */
export function deliveryPaths(modes: AccessModes): JsonObject {
  const access = pushAccess(modes)
  const operation = {
    tags: ['events'],
    summary: 'Deliver events',
    description:
      'Accepts every envelope: CloudEvents in binary, structured and batched mode, Pub/Sub pushes ' +
      'with and without payload unwrapping, and what Eventarc sends. An event that cannot land is ' +
      'kept as a dead letter and answered 200; with `POISON=reject` it is answered 400 or 422.',
    security: access.security,
    parameters: [dryRun, ...binaryHeaders],
    requestBody: { $ref: '#/components/requestBodies/delivery' },
    responses: {
      200: {
        description: 'Every event is settled. The answer to a batch is an array.',
        content: answers
      },
      ...problemReferences('deliver', refusalsOf(access))
    }
  }
  return Object.fromEntries(
    Object.entries(paths).map(([operationId, path]) => [
      path,
      { post: { operationId, ...operation } }
    ])
  )
}

function refusalsOf({ refusals }: Access) {
  return [
    ...refusals,
    ...codesOf('dead-letter'),
    ...codesOf('retry').filter((code) => code !== 'ACCESS_UNAVAILABLE'),
    ...(['QUERY_INVALID', 'BODY_TOO_LARGE', 'REQUEST_INVALID', 'REQUEST_TIMEOUT'] as const)
  ]
}

/** Write how deliveries are refused. */
export function deliveryResponses(modes: AccessModes): JsonObject {
  return namedProblems('deliver', refusalsOf(pushAccess(modes)))
}

const dryRun: JsonObject = {
  name: 'dryRun',
  in: 'query',
  description: 'Return the verdict that each event would get, and write nothing.',
  schema: { type: 'boolean', default: false }
}

/** In binary mode the attributes are headers: `ce-` and the name. */
const binaryHeaders: readonly JsonObject[] = Object.entries(anyEventSchema.properties)
  .filter(([name]) => !name.startsWith('data'))
  .map(([name, schema]) => ({
    name: `ce-${name}`,
    in: 'header',
    description: `The attribute \`${name}\`, in binary mode.`,
    schema
  }))

const answers: JsonObject = {
  'application/json': {
    schema: {
      anyOf: [
        reference('Verdict'),
        { type: 'array', items: reference('Verdict') },
        reference('DryRunResult'),
        { type: 'array', items: reference('DryRunResult') }
      ]
    },
    examples: {
      applied: { value: { verdict: 'applied', commitTimestamp: '2026-11-01T10:00:00.123456Z' } }
    }
  }
}

/** Write the body of a delivery in every envelope. */
export function deliveryBody(contracts: Contracts): JsonObject {
  const events = eventsOverHttp(contracts)
  const examples = examplesOf(events)
  const firsts = Object.values(examples).map(({ value }) => value)
  return {
    required: true,
    content: {
      'application/cloudevents+json': { schema: reference('Event'), examples },
      'application/cloudevents-batch+json': {
        schema: { type: 'array', items: reference('Event') },
        ...(firsts.length > 0 && { examples: { batch: { value: firsts.slice(0, 2) } } })
      },
      'application/json': {
        schema: {
          description: 'A Pub/Sub push, or with `ce-` headers the data of one event.',
          anyOf: [reference('PubSubPush'), true]
        }
      },
      '*/*': {
        schema: {
          description: `The data of one event with \`ce-\` headers, or an unwrapped Pub/Sub push with metadata, which has \`${messageIdHeader}\`.`
        }
      }
    }
  }
}

function examplesOf(events: readonly DescribedEvent[]) {
  const named = events.flatMap(({ name, description, examples }) =>
    examples.map((value, at) => {
      const example = { ...(description !== '' && { summary: description }), value }
      return [at === 0 ? name : `${name}.${at + 1}`, example] as const
    })
  )
  return Object.fromEntries(named)
}
