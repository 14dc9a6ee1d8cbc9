import type { CloudEvent } from '../delivery/event.ts'
import { messagePublished } from '../delivery/pubsub.ts'
import type { JsonObject } from '../values/json.ts'
import type { Contracts } from './contracts.ts'
import type { EventFile, WriteSpec } from './schema-file.ts'

/** A contract as documents for its publishers name and describe it. */
export interface DescribedEvent {
  readonly file: EventFile
  /** Unique among the contracts; letters, digits, `.`, `_` and `-` only, as components want it. */
  readonly name: string
  readonly description: string
  /** What it does to which collection, a clause each. */
  readonly effects: readonly string[]
  /** A Pub/Sub message that is not a CloudEvent: only Pub/Sub delivers it. */
  readonly isMessage: boolean
  /** Events in their JSON form. */
  readonly examples: readonly JsonObject[]
}

const verbs: Readonly<Record<WriteSpec['operation'], string>> = {
  upsert: 'sets a whole row of',
  merge: 'changes a row of',
  delete: 'deletes a row of',
  append: 'adds a row to',
  add: 'adds to a sum of'
}

/** Describe the contracts, in the order of their types. */
export function describeEvents({ events }: Pick<Contracts, 'events'>): readonly DescribedEvent[] {
  const taken = new Set<string>()
  return events.map((file) => ({
    file,
    name: uniqueName(file, taken),
    description: file.description ?? '',
    effects: file.writes.map(effectOf),
    isMessage: file.type === messagePublished,
    examples: (file.examples ?? []).map(withoutAbsent)
  }))
}

function effectOf({ operation, collection, forEach }: WriteSpec): string {
  const each = forEach === undefined ? '' : `, for each of ${forEach}`
  return `${verbs[operation]} ${collection}${each}`
}

/** Two contracts of one type differ in what they match. */
function uniqueName({ type, match }: EventFile, taken: Set<string>): string {
  const resource = match?.subscription ?? match?.topic
  const plain = [type, resource?.split('/').at(-1)].filter((part) => part !== undefined).join('.')
  const base = plain.replaceAll(/[^A-Za-z0-9._-]/g, '_')
  let name = base
  for (let count = 2; taken.has(name); count += 1) name = `${base}_${count}`
  taken.add(name)
  return name
}

/** JSON has no undefined members. */
function withoutAbsent(event: CloudEvent): JsonObject {
  return Object.fromEntries(
    Object.entries(event).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
  )
}
