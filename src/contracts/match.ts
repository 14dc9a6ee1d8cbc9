import type { CloudEvent } from '../delivery/event.ts'
import { isObject } from '../delivery/json.ts'
import { pubsubSource } from '../delivery/message.ts'
import type { Letter } from '../store/plan.ts'
import type { Match } from './schema-file.ts'

/** Order matches: a subscription is of one topic, and a full name is of one project. */
export function rankOf(match: Match | undefined): number {
  if (!match) return 0
  const { subscription, topic = '' } = match
  const kind = subscription === undefined ? 1 : 3
  return kind + ((subscription ?? topic).includes('/') ? 1 : 0)
}

/** Tell whether a message came by the subscription or from the topic that a contract is for. */
export function matches(match: Match | undefined, event: CloudEvent, letter: Letter): boolean {
  if (!match) return true
  if (match.subscription !== undefined) {
    const named = isObject(event.data) ? event.data['subscription'] : undefined
    return isNamed(match.subscription, 'subscriptions', named ?? letter.subscription)
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
