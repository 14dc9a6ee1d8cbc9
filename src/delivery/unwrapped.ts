import type { JsonObject } from '../values/json.ts'
import { headerText } from './binary.ts'
import type { Delivery } from './event.ts'
import { declaredType, firstLine, type Headers } from './headers.ts'
import { type Metadata, readMetadata } from './message.ts'

export const messageIdHeader = 'x-goog-pubsub-message-id'

/**
 * Headers that belong to the hop and not to the message, whose attributes arrive as headers too:
 * those of HTTP itself, of clients that add their defaults, of proxies, and of tracing, which
 * differs from attempt to attempt.
 */
const hopHeaders: ReadonlySet<string> = new Set([
  ...[
    'host',
    'connection',
    'keep-alive',
    'te',
    'trailer',
    'transfer-encoding',
    'upgrade',
    'expect'
  ],
  ...['content-length', 'content-encoding', 'content-type'],
  ...['user-agent', 'from', 'cache-control', 'pragma', 'proxy-connection'],
  ...['forwarded', 'via', 'x-real-ip', 'x-request-id', 'x-cloud-trace-context'],
  ...['traceparent', 'tracestate', 'grpc-trace-bin', 'baggage']
])
const hopPrefixes = ['accept', 'x-goog-', 'x-forwarded-', 'x-envoy-', 'x-b3-']

/** Read what the headers of an unwrapped push with metadata say about its message. */
export function headerMetadata(headers: Headers): Metadata {
  return readMetadata({ ...subscriptionOf(headers), message: fieldsOf(headers) }).metadata
}

/**
 * Write an unwrapped push with metadata
 * (https://cloud.google.com/pubsub/docs/payload-unwrapping) as the wrapped push of the same message.
 */
export function wrap({ headers, body }: Delivery): JsonObject {
  return {
    ...subscriptionOf(headers),
    message: {
      ...fieldsOf(headers),
      attributes: attributesOf(headers),
      data: body.toString('base64')
    }
  }
}

function subscriptionOf(headers: Headers): JsonObject {
  return pick(headers, 'subscription', ['x-goog-pubsub-subscription-name'])
}

function fieldsOf(headers: Headers): JsonObject {
  return {
    ...pick(headers, 'messageId', [messageIdHeader]),
    ...pick(headers, 'publishTime', ['x-goog-pubsub-publish-time']),
    // The second name is what the emulator sends.
    ...pick(headers, 'orderingKey', ['x-goog-pubsub-ordering-key', 'x-goog-ordering-key'])
  }
}

function pick(headers: Headers, member: string, names: readonly string[]): JsonObject {
  const line = names.map((name) => firstLine(headers, name)).find((text) => text !== undefined)
  return line === undefined ? {} : { [member]: headerText(line) }
}

function attributesOf(headers: Headers): JsonObject {
  const type = declaredType(headers)
  const attributes = Object.entries(headers).filter(([name]) => !isOfTheHop(name))
  return Object.fromEntries([
    ...(type === undefined ? [] : [['content-type', headerText(type)]]),
    ...attributes.map(([name, lines]) => [name, headerText(lines.join(', '))])
  ])
}

function isOfTheHop(name: string): boolean {
  return hopHeaders.has(name) || hopPrefixes.some((prefix) => name.startsWith(prefix))
}
