import type { Arrival } from '../delivery/decode.ts'
import { Failure } from '../failures.ts'
import type { Plan } from '../plan.ts'
import { deadLetterPlan } from '../plan.ts'
import { deadLettersTable, ledgerTable } from '../store/managed-tables.ts'
import { checkNames } from './check-names.ts'
import { compileCollection } from './collection.ts'
import type { Compiled } from './compile-write.ts'
import type { Contract } from './contract.ts'
import { compileEvent, type Targets } from './contract.ts'
import type { Contracts } from './contracts.ts'
import { type Fault, formatFault, type Report } from './fault.ts'
import { kindRules } from './kinds.ts'
import { parseCollection, parseEvent } from './parse-file.ts'
import { matches, rankOf } from './pubsub-message.ts'
import type { CollectionFile, EventFile, Parsed, SchemaFiles } from './schema-file.ts'

/**
 * Compile what the files under schemas/ promise. Pure.
 *
 * @throws {Failure} SCHEMAS_INVALID, with every fault on a line of its own
 */
export function compileContracts(files: SchemaFiles): Contracts {
  const outcome = checkContracts(files)
  if ('contracts' in outcome) return outcome.contracts
  throw new Failure('SCHEMAS_INVALID', outcome.faults.map(formatFault).join('\n'))
}

/** Compile what the files under schemas/ promise, or list everything that is wrong with them. */
export function checkContracts(
  files: SchemaFiles
): { readonly contracts: Contracts } | { readonly faults: readonly Fault[] } {
  const faults: Fault[] = []
  const collections = parseAll(files.collections, parseCollection, faults)
  const unread = faults.length > 0
  const events = parseAll(files.events, parseEvent, faults)
  faults.push(...checkNames(collections))
  const targets = compileCollections(collections, mergedInto(events), faults)
  const contracts = compileEvents(events, { ...targets, unread }, faults)
  faults.push(...checkTypes(events))
  return faults.length > 0 ? { faults } : { contracts: contractsOf(targets, contracts) }
}

type Parse<F, T> = (file: F) => Parsed<T> | { readonly faults: readonly Fault[] }

function parseAll<F, T>(files: readonly F[], parse: Parse<F, T>, faults: Fault[]) {
  return files.flatMap((file): readonly Parsed<T>[] => {
    const outcome = parse(file)
    if (!('faults' in outcome)) return [outcome]
    faults.push(...outcome.faults)
    return []
  })
}

function reporter(file: string, faults: Fault[]): Report {
  return (pointer, message) => void faults.push({ file, pointer, message })
}

/** Columns of a collection have versions of their own as soon as one contract merges into it. */
function mergedInto(events: readonly Parsed<EventFile>[]): ReadonlySet<string> {
  const writes = events.flatMap(({ value }) => value.writes)
  return new Set(
    writes.filter(({ operation }) => operation === 'merge').map(({ collection }) => collection)
  )
}

function compileCollections(
  files: readonly Parsed<CollectionFile>[],
  merged: ReadonlySet<string>,
  faults: Fault[]
): Omit<Targets, 'unread'> {
  const compiled = new Map<string, Compiled>()
  const faulty = new Set<string>()
  for (const { path, value: file } of files) {
    const mergeable = kindRules[file.kind].operations.includes('merge') && merged.has(file.name)
    const collection = compileCollection(file, mergeable, reporter(path, faults))
    // Of two with one name, contracts mean the first.
    if (!collection) faulty.add(file.name)
    else if (!compiled.has(file.name)) compiled.set(file.name, { file, collection })
  }
  return { compiled, faulty }
}

function compileEvents(
  events: readonly Parsed<EventFile>[],
  targets: Targets,
  faults: Fault[]
): readonly Contract[] {
  return events.flatMap(
    (parsed) => compileEvent(parsed, targets, reporter(parsed.path, faults)) ?? []
  )
}

/** Two contracts of a type must differ in what they match, or an event would have two plans. */
function checkTypes(events: readonly Parsed<EventFile>[]): readonly Fault[] {
  const owners = new Map<string, string>()
  return events.flatMap(({ path, value: { type, match } }) => {
    const identity = JSON.stringify([type, match])
    const owner = owners.get(identity)
    owners.set(identity, owner ?? path)
    if (!owner) return []
    const message = `"${type}" has a contract in ${owner}, expected another type or another match`
    return [{ file: path, pointer: '/type', message }]
  })
}

function contractsOf(
  { compiled }: Pick<Targets, 'compiled'>,
  contracts: readonly Contract[]
): Contracts {
  const collections = [...compiled.values()].map(({ collection }) => collection)
  const byType = Map.groupBy(
    contracts.toSorted((a, b) => rankOf(b.file.match) - rankOf(a.file.match)),
    ({ file }) => file.type
  )
  const eventTypes = [...byType.keys()].sort()
  return {
    collections,
    tables: [...collections.map(({ table }) => table), ledgerTable, deadLettersTable],
    eventTypes,
    events: eventTypes.flatMap((type) => (byType.get(type) ?? []).map(({ file }) => file)),
    plan: (arrival) => planArrival(byType, arrival)
  }
}

function planArrival(byType: ReadonlyMap<string, readonly Contract[]>, arrival: Arrival): Plan {
  const { provenance } = arrival
  if ('reason' in arrival) return deadLetterPlan(provenance, arrival.reason)
  const { event } = arrival
  const candidates = byType.get(event.type) ?? []
  const contract = candidates.find(({ file }) => matches(file.match, event, provenance))
  if (contract) return contract.plan(arrival, provenance)
  const detail =
    candidates.length > 0
      ? 'no contract of this type is for the subscription or the topic of the event'
      : `no contract is for type ${event.type}`
  return deadLetterPlan(provenance, { code: 'EVENT_TYPE_UNKNOWN', detail })
}
