import type { Contracts } from '../../contracts/contracts.ts'
import { describeEvents } from '../../contracts/describe-events.ts'
import { embedAmong } from '../../contracts/embed-schema.ts'
import { anyEventSchema, eventSchema } from '../../contracts/event-schema.ts'
import type { JsonObject } from '../../values/json.ts'

const components = '#/components/schemas/'

/** Refer to a schema of the document. */
export const reference = (name: string) => ({ $ref: `${components}${name}` })

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

/**
 * Describe the events that are CloudEvents. Plain messages are left out: only Pub/Sub delivers
 * them.
 */
export const eventsOverHttp = (contracts: Contracts) =>
  describeEvents(contracts).filter(({ isMessage }) => !isMessage)

/** Write the schemas of what is delivered: the events of every contract, and a push. */
export function deliverySchemas(contracts: Contracts): JsonObject {
  const events = eventsOverHttp(contracts)
  const schemas = events.map(({ name, file, description }) => {
    const event = eventSchema(file, reference(`${name}.data`))
    return {
      [name]: { ...(description !== '' && { description }), ...event },
      ...embedAmong(components, `${name}.data`, file.data ?? true, `urn:landfall:data:${name}`)
    }
  })
  return {
    Event: { anyOf: [...events.map(({ name }) => reference(name)), reference('CloudEvent')] },
    CloudEvent: anyEventSchema,
    PubSubPush: pushSchema,
    ...Object.assign({}, ...schemas)
  }
}
