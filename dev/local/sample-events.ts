import { parseCollection, parseEvent } from '../../src/contracts/parse-file.ts'
import type { EventFile, SchemaFiles } from '../../src/contracts/schema-file.ts'
import type { CloudEvent } from '../../src/delivery/event.ts'
import { Complaint } from '../../src/failures.ts'
import type { Json } from '../../src/values/json.ts'
import { keyPointers, withNumber } from './numbered-keys.ts'

export interface SampleOptions {
  readonly type: string
  /** Replaces the data of the contract's examples. */
  readonly data?: Json | undefined
  readonly newId: () => string
  /** The time of an event, in RFC 3339. */
  readonly now: () => string
}

/** Make event number 1, 2, 3 and so on; without a number, an event as its example is. */
export type MakeEvent = (number?: number) => CloudEvent

/**
 * Prepare events of a type, after the examples of its contract in turn, each with an id and a time
 * of its own. An event with a number is about its own row: the number is put into the keys that the
 * contract takes from the data.
 *
 * @throws {Complaint} when there is neither data nor an example
 */
export function sampleEvents(files: SchemaFiles, options: SampleOptions): MakeEvent {
  const { type, newId, now } = options
  const contracts = files.events
    .flatMap((file) => valuesOf(parseEvent(file)))
    .filter((contract) => contract.type === type)
  const models = modelsOf(contracts, options)
  const [first] = models
  if (!first) throw new Complaint(`No contract has an example of ${type}; give its data as JSON`)
  const collections = files.collections.flatMap((file) => valuesOf(parseCollection(file)))
  const keys = keyPointers(contracts, collections)
  return (number) => {
    const model = models[((number ?? 1) - 1) % models.length] ?? first
    const event = { ...model, id: newId(), time: now() }
    if (number === undefined || event.data === undefined) return event
    return { ...event, data: withNumber(event.data, keys, number) }
  }
}

/** `landfall check` reports what is wrong with the other files. */
function valuesOf<T>(parsed: { readonly value: T } | { readonly faults: unknown }): readonly T[] {
  return 'value' in parsed ? [parsed.value] : []
}

function modelsOf(
  contracts: readonly EventFile[],
  { type, data }: SampleOptions
): readonly CloudEvent[] {
  const examples = contracts.flatMap((contract) => contract.examples ?? [])
  if (data === undefined) return examples
  const source = examples[0]?.source ?? '//landfall/publish'
  return [{ specversion: '1.0', id: '', source, type, data }]
}
