import type { Contracts } from '../../contracts/contracts.ts'
import { describeEvents } from '../../contracts/describe-events.ts'
import { embedSchema } from '../../contracts/embed-schema.ts'
import { anyEventSchema, eventSchema } from '../../contracts/event-schema.ts'
import type { JsonObject } from '../../delivery/json.ts'

/** Refer to a schema of the document. */
export const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` })

/** A push of Pub/Sub: https://cloud.google.com/pubsub/docs/push#receive_push */
const pushSchema: JsonObject = {
  description: 'A push of a Pub/Sub subscription that does not unwrap payloads.',
  type: 'object',
  required: ['message', 'subscription'],
  properties: {
    message: {
      type: 'object',
      properties: {
        data: { type: 'string', contentEncoding: 'base64' },
        attributes: { type: 'object', additionalProperties: { type: 'string' } },
        messageId: { type: 'string' },
        publishTime: { type: 'string', format: 'date-time' },
        orderingKey: { type: 'string' }
      }
    },
    subscription: { type: 'string' },
    deliveryAttempt: { type: 'integer' }
  }
}

/** Describe the events that are CloudEvents: plain messages only Pub/Sub brings. */
export const eventsOverHttp = (contracts: Contracts) =>
  describeEvents(contracts).filter(({ isMessage }) => !isMessage)

/** Write the schemas of what is delivered: the events of every contract, and a push. Pure. */
export function deliverySchemas(contracts: Contracts): JsonObject {
  const events = eventsOverHttp(contracts)
  const schemas = events.flatMap(({ name, file, description }) => {
    const pointer = `#/components/schemas/${name}.data`
    return [
      [name, { description, ...Object(eventSchema(file, { $ref: pointer })) }],
      [`${name}.data`, embedSchema(file.data ?? true, pointer, `urn:landfall:data:${name}`)]
    ]
  })
  return {
    Event: { anyOf: [...events.map(({ name }) => reference(name)), reference('CloudEvent')] },
    CloudEvent: anyEventSchema,
    PubSubPush: pushSchema,
    ...Object.fromEntries(schemas)
  }
}
