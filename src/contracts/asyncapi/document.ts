import type { JsonObject } from '../../values/json.ts'
import type { Contracts } from '../contracts.ts'
import { describeEvents } from '../describe-events.ts'
import { dataSchema, messagesOf, type NamedMessage } from './messages.ts'

export interface AsyncApiOptions {
  readonly version: string
  /** Where the service takes deliveries. */
  readonly address: string
}

const info = {
  title: 'Landfall: events to publish',
  description:
    'Every event that lands. An event is published to a Pub/Sub topic whose push subscription ' +
    'delivers to the service, or sent to the service itself. Its identity is `source` and `id`: ' +
    'an event that is sent again takes effect only once.',
  license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' }
}

const servers = {
  landfall: {
    host: '{host}',
    protocol: 'https',
    description: 'The service.',
    variables: { host: { description: 'Host and port of the service.', default: 'localhost' } }
  },
  pubsub: {
    host: 'pubsub.googleapis.com',
    protocol: 'googlepubsub',
    description: 'Google Cloud Pub/Sub.'
  }
}

/**
 * Write the AsyncAPI 3.0 document of the events to publish
 * (https://www.asyncapi.com/docs/reference/specification/v3.0.0).
 */
export function asyncApiDocument(
  contracts: Pick<Contracts, 'events'>,
  { version, address }: AsyncApiOptions
): JsonObject {
  const events = describeEvents(contracts)
  const ofEvents = events.filter(({ isMessage }) => !isMessage).flatMap(messagesOf)
  const all = events.flatMap(messagesOf)
  return {
    asyncapi: '3.0.0',
    info: { ...info, version },
    defaultContentType: 'application/json',
    servers,
    channels: {
      http: {
        address,
        title: 'HTTP',
        description: 'One CloudEvent for each request, or a batch of them.',
        servers: [{ $ref: '#/servers/landfall' }],
        messages: references(ofEvents, '#/components/messages')
      },
      topic: {
        address: null,
        title: 'Pub/Sub topic',
        description: 'Any topic with a push subscription that delivers to the service.',
        servers: [{ $ref: '#/servers/pubsub' }],
        messages: references(all, '#/components/messages')
      }
    },
    operations: {
      receiveRequests: {
        action: 'receive',
        title: 'CloudEvents over HTTP',
        channel: { $ref: '#/channels/http' },
        bindings: { http: { method: 'POST', bindingVersion: '0.3.0' } }
      },
      receiveWrapped: {
        action: 'receive',
        title: 'A push subscription with its default settings',
        description: 'The message is wrapped in JSON: data as base64, attributes as an object.',
        channel: { $ref: '#/channels/topic' }
      },
      receiveUnwrapped: {
        action: 'receive',
        title: 'A push subscription with payload unwrapping and metadata',
        description: 'The data is the body of the request, attributes are its headers.',
        channel: { $ref: '#/channels/topic' }
      }
    },
    components: {
      schemas: Object.fromEntries(events.map((event) => [event.name, dataSchema(event)])),
      messages: Object.fromEntries(all.map(({ name, message }) => [name, message]))
    }
  }
}

function references(messages: readonly NamedMessage[], base: string) {
  return Object.fromEntries(messages.map(({ name }) => [name, { $ref: `${base}/${name}` }]))
}
