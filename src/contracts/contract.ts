import type { CloudEvent } from '../delivery/event.ts'
import { type Provenance, provenanceOf } from '../delivery/provenance.ts'
import { messagePublished } from '../delivery/pubsub.ts'
import { Failure, isFailure, reasonOf } from '../failures.ts'
import { deadLetterPlan, deadLetterReason, ledgerWrite, type Plan } from '../plan.ts'
import { formatPointer } from '../values/json-pointer.ts'
import { checkWrite } from './check-write.ts'
import { compileWrite, type PlanWrite } from './compile-write.ts'
import type { Collection } from './contracts.ts'
import { compileSchema, type Validate } from './data-schema.ts'
import { below, type ReportFault } from './fault.ts'
import { kindRules } from './kinds.ts'
import { addWrite, createPlanBuilder, type PlannedWrite } from './plan-builder.ts'
import { matches, messageView } from './pubsub-message.ts'
import type { EventFile, Parsed } from './schema-file.ts'
import type { View } from './sources.ts'

/** The collections that contracts may write to. */
export interface Targets {
  readonly collections: ReadonlyMap<string, Collection>
  /** Report whether a collection of this name may exist in a file that has faults of its own. */
  mayBeFaulty(name: string): boolean
}

/** Check a contract and compile it; undefined when it has faults, each of which is reported. */
export function compileEvent(
  parsed: Parsed<EventFile>,
  targets: Targets,
  report: ReportFault
): Contract | undefined {
  const { value: file } = parsed
  let faults = 0
  const note: ReportFault = (pointer, message) => {
    faults += 1
    report(pointer, message)
  }
  checkMessageMembers(file, note)
  const data =
    file.data === undefined ? undefined : compileSchema(file.data, '/data', below(note, '/data'))
  const attributes =
    file.attributes === undefined
      ? undefined
      : compileSchema(file.attributes, '/attributes', below(note, '/attributes'))
  // Pointers into a schema that does not compile prove nothing.
  if (faults === 0) checkWrites(file, targets, note)
  checkConstants(parsed, note)
  checkExampleTypes(file, note)
  if (faults > 0 || file.writes.some(({ collection }) => !targets.collections.has(collection)))
    return
  const contract = compileContract(file, { data, attributes }, targets.collections)
  planExamples(contract, parsed, note)
  return faults > 0 ? undefined : contract
}

function checkMessageMembers(file: EventFile, report: ReportFault): void {
  for (const member of ['match', 'payload', 'attributes'] as const) {
    if (file[member] !== undefined && file.type !== messagePublished) {
      report(`/${member}`, `is for Pub/Sub messages; use it only with type ${messagePublished}`)
    }
  }
  if (file.attributes !== undefined && file.payload === undefined) {
    report('/attributes', 'describes a message that is not decoded; set payload to "message"')
  }
}

function checkWrites(
  file: EventFile,
  { collections, mayBeFaulty }: Targets,
  report: ReportFault
): void {
  for (const [at, write] of file.writes.entries()) {
    const note = below(report, formatPointer('writes', at))
    const target = collections.get(write.collection)
    if (target) checkWrite(file, write, target, note)
    else if (!mayBeFaulty(write.collection)) {
      const names =
        collections.size > 0
          ? `one of ${[...collections.keys()].join(', ')}`
          : 'one that a file describes'
      note('/collection', `there is no collection "${write.collection}"; expected ${names}`)
    }
  }
}

/** A number that was rounded when the file was read is not the constant in the file. */
function checkConstants({ inexact }: Parsed<EventFile>, report: ReportFault): void {
  for (const pointer of inexact) {
    if (pointer.startsWith('/writes/')) {
      report(pointer, 'has more digits than a double holds; use fewer digits or a string')
    }
  }
}

function checkExampleTypes({ type, examples }: EventFile, report: ReportFault): void {
  for (const [at, example] of (examples ?? []).entries()) {
    if (example.type !== type) {
      report(formatPointer('examples', at, 'type'), `is another type; expected ${type}`)
    }
  }
}

/** Plan each example as if it arrived. */
function planExamples(
  contract: Contract,
  { value: { match, examples }, inexact }: Parsed<EventFile>,
  report: ReportFault
): void {
  for (const [at, event] of (examples ?? []).entries()) {
    const pointer = formatPointer('examples', at)
    const provenance = exampleProvenance(event)
    if (!matches(match, event, provenance)) {
      report(pointer, 'does not match; expected an event that this contract is for')
    }
    const view = { event, inexact: pointersBelow(inexact, pointer) }
    const reason = deadLetterReason(contract.plan(view, provenance))
    if (reason) report(pointer, `is refused with ${reason.code}: ${reason.detail}`)
  }
}

function exampleProvenance(event: CloudEvent): Provenance {
  const known = { envelope: 'unknown', claims: {}, metadata: {} } as const
  return provenanceOf({ headers: {}, body: Buffer.alloc(0) }, known, event)
}

function pointersBelow(inexact: ReadonlySet<string>, base: string): ReadonlySet<string> {
  const below = [...inexact].filter((pointer) => pointer.startsWith(`${base}/`))
  return new Set(below.map((pointer) => pointer.slice(base.length)))
}

/** A contract that is ready to plan events of its type. */
export interface Contract {
  readonly file: EventFile
  /** Plan one event. What cannot land is planned as a dead letter. */
  plan(view: View & { readonly event: CloudEvent }, provenance: Provenance): Plan
}

/** The validators of a contract; one without a schema accepts everything. */
export interface Validators {
  readonly data?: Validate | undefined
  readonly attributes?: Validate | undefined
}

/**
 * Compile a contract that has passed its checks.
 *
 * @throws {Failure} VALUE_INVALID, VERSION_INVALID for a constant that its column cannot hold
 */
function compileContract(
  file: EventFile,
  validators: Validators,
  collections: ReadonlyMap<string, Collection>
): Contract {
  const writes = file.writes.flatMap((write) => {
    const collection = collections.get(write.collection)
    return collection ? [compileWrite(write, collection)] : []
  })
  return {
    file,
    plan(arrived, provenance) {
      try {
        // An ignored event is not stored, so its data need not be valid.
        if (writes.length === 0) return planWrites([], arrived, provenance)
        const view = file.payload === 'message' ? messageView(arrived.event) : arrived
        validate(view, validators)
        return planWrites(writes, view, provenance)
      } catch (error) {
        if (!isFailure(error, 'dead-letter')) throw error
        return deadLetterPlan(provenance, reasonOf(error))
      }
    }
  }
}

function validate({ event }: View, { data, attributes }: Validators): void {
  const fault = data?.(event['data']) ?? attributes?.(event['attributes'])
  if (fault !== undefined) throw new Failure('DATA_INVALID', fault)
}

function planWrites(planners: readonly PlanWrite[], view: View, provenance: Provenance): Plan {
  const builder = createPlanBuilder()
  const { key } = provenance
  for (const planWrite of planners) planWrite(view, key, builder)
  if (builder.writes.some(isCounted)) addWrite(builder, ledgerWrite(key))
  const { writes, bytes, mutations } = builder
  return { provenance, writes, bytes, mutations }
}

const isCounted = ({ kind }: PlannedWrite) => kind !== 'ledger' && kindRules[kind].counts
