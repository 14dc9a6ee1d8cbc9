import type { Arrival } from '../delivery/decode.ts'
import { Failure } from '../failures.ts'
import type { Plan } from '../plan.ts'
import { deadLetterPlan } from '../plan.ts'
import { deadLettersTable, ledgerTable } from '../store/managed-tables.ts'
import { checkNames } from './check-names.ts'
import { checkCollection, compileCollection } from './collection.ts'
import type { Contract } from './contract.ts'
import { compileEvent, type Targets } from './contract.ts'
import type { Collection, Contracts } from './contracts.ts'
import { collectFaults, type Fault, formatFault } from './fault.ts'
import { kindRules, type Operation, operationRules } from './kinds.ts'
import { parseCollection, parseEvent } from './parse-file.ts'
import { matches, rankOf } from './pubsub-message.ts'
import type { CollectionFile, EventFile, Parsed, SchemaFiles } from './schema-file.ts'

/**
 * Compile the files under schemas/.
 *
 * @throws {Failure} SCHEMAS_INVALID, with every fault on a line of its own
 */
export function compileContracts(files: SchemaFiles): Contracts {
  const outcome = checkContracts(files)
  if ('contracts' in outcome) return outcome.contracts
  throw new Failure('SCHEMAS_INVALID', outcome.faults.map(formatFault).join('\n'))
}

/** Compile the files under schemas/, or list everything that is wrong with them. */
export function checkContracts(
  files: SchemaFiles
): { readonly contracts: Contracts } | { readonly faults: readonly Fault[] } {
  const collections = parseAll(files.collections, parseCollection)
  const events = parseAll(files.events, parseEvent)
  const checked = checkCollections(collections.parsed)
  const compiled = compileCollections(checked.sound, mergedInto(events.parsed))
  const contracts = compileEvents(events.parsed, {
    collections: compiled,
    mayBeFaulty: (name) =>
      collections.faults.length > 0 || collections.parsed.some(({ value }) => value.name === name)
  })
  const faults = [
    ...collections.faults,
    ...events.faults,
    ...checkNames(collections.parsed),
    ...checked.faults,
    ...contracts.faults,
    ...checkTypesDiffer(events.parsed)
  ]
  return faults.length > 0 ? { faults } : { contracts: contractsOf(compiled, contracts.compiled) }
}

type Parse<F, T> = (file: F) => Parsed<T> | { readonly faults: readonly Fault[] }

function parseAll<F, T>(files: readonly F[], parse: Parse<F, T>) {
  const outcomes = files.map(parse)
  return {
    parsed: outcomes.flatMap((outcome) => ('faults' in outcome ? [] : [outcome])),
    faults: outcomes.flatMap((outcome) => ('faults' in outcome ? outcome.faults : []))
  }
}

/** Check each collection alone; those without faults are sound. */
function checkCollections(files: readonly Parsed<CollectionFile>[]) {
  const checked = files.map(({ path, value }) => ({
    value,
    faults: collectFaults(path, (report) => checkCollection(value, report))
  }))
  return {
    sound: checked.filter(({ faults }) => faults.length === 0).map(({ value }) => value),
    faults: checked.flatMap(({ faults }) => faults)
  }
}

/** Columns of a collection have versions of their own as soon as one contract merges into it. */
function mergedInto(events: readonly Parsed<EventFile>[]): ReadonlySet<string> {
  const writes = events.flatMap(({ value }) => value.writes)
  return new Set(
    writes.filter(({ operation }) => isMerge(operation)).map(({ collection }) => collection)
  )
}

/** Report whether an operation may leave columns as they are. */
const isMerge = (operation: Operation) => operationRules[operation].sets === 'changes'

/** Compile collections by name; of two with one name, contracts use the first. */
function compileCollections(
  files: readonly CollectionFile[],
  merged: ReadonlySet<string>
): ReadonlyMap<string, Collection> {
  const firsts = files.filter(({ name }, at) => files.findIndex((f) => f.name === name) === at)
  return new Map(
    firsts.map((file) => {
      const mergeable = kindRules[file.kind].operations.some(isMerge) && merged.has(file.name)
      return [file.name, compileCollection(file, mergeable)]
    })
  )
}

function compileEvents(events: readonly Parsed<EventFile>[], targets: Targets) {
  const compiled: Contract[] = []
  const faults = events.flatMap((parsed) =>
    collectFaults(parsed.path, (report) => {
      const contract = compileEvent(parsed, targets, report)
      if (contract) compiled.push(contract)
    })
  )
  return { compiled, faults }
}

/** Two contracts of a type must differ in what they match, or an event would have two plans. */
function checkTypesDiffer(events: readonly Parsed<EventFile>[]): readonly Fault[] {
  const owners = new Map<string, string>()
  return events.flatMap(({ path, value: { type, match } }) => {
    const identity = JSON.stringify([type, match])
    const owner = owners.get(identity)
    owners.set(identity, owner ?? path)
    if (!owner) return []
    const message = `"${type}" already has a contract in ${owner}; change the type or the match`
    return [{ file: path, pointer: '/type', message }]
  })
}

function contractsOf(
  byName: ReadonlyMap<string, Collection>,
  contracts: readonly Contract[]
): Contracts {
  const collections = [...byName.values()]
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
      ? 'no contract of this type matches the subscription or the topic of the event'
      : `there is no contract for type ${event.type}`
  return deadLetterPlan(provenance, { code: 'EVENT_TYPE_UNKNOWN', detail })
}
