import type { CloudEvent } from '../delivery/event.ts'
import { pubsubSource } from '../delivery/message.ts'
import type { Provenance } from '../delivery/provenance.ts'
import { isObject } from '../values/json.ts'
import { parseJson } from '../values/json-parse.ts'
import type { Match } from './schema-file.ts'
import type { View } from './sources.ts'

/**
 * Return a Pub/Sub message as pointers see it: the decoded body is `/data`, and the attributes are
 * `/attributes/…`. A message without a body has no `/data`.
 *
 * @throws {Failure} what `parseJson` throws when the body is not JSON
 */
export function messageView(event: CloudEvent): View {
  const message = isObject(event.data) ? event.data['message'] : undefined
  const { data, attributes } = isObject(message) ? message : {}
  const { data: _, ...envelope } = event
  const seen = { ...envelope, attributes: attributes ?? {} }
  if (typeof data !== 'string' || data === '') return { event: seen, inexact: new Set() }
  const { value, inexact } = parseJson(Buffer.from(data, 'base64'), undefined, '/data')
  return { event: { ...seen, data: value }, inexact }
}

/**
 * Rank a match by how specific it is: a subscription belongs to one topic, a full name to one
 * project.
 */
export function rankOf(match: Match | undefined): number {
  if (!match) return 0
  const { subscription, topic = '' } = match
  const kind = subscription === undefined ? 1 : 3
  return kind + ((subscription ?? topic).includes('/') ? 1 : 0)
}

/** Report whether a message came from the subscription or the topic that a contract is for. */
export function matches(
  match: Match | undefined,
  event: CloudEvent,
  { metadata }: Provenance
): boolean {
  if (!match) return true
  if (match.subscription !== undefined) {
    const named = isObject(event.data) ? event.data['subscription'] : undefined
    return isNamed(match.subscription, 'subscriptions', named ?? metadata.subscription)
  }
  const source = event.source.startsWith(pubsubSource)
    ? event.source.slice(pubsubSource.length)
    : ''
  return match.topic !== undefined && isNamed(match.topic, 'topics', source)
}

/** Compare with a resource name `projects/P/<kind>/NAME`, in full or by NAME. */
function isNamed(name: string, kind: string, resource: unknown): boolean {
  if (typeof resource !== 'string') return false
  const isShort = !name.includes('/')
  return isShort ? resource.endsWith(`/${kind}/${name}`) : resource === name
}
