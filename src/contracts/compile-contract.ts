import type { CloudEvent } from '../delivery/event.ts'
import { Failure, isFailure } from '../failures.ts'
import { deadLetterPlan } from '../store/dead-letter-plan.ts'
import { ledgerTable } from '../store/managed-tables.ts'
import type { Letter, Plan } from '../store/plan.ts'
import { type Compiled, compileWrite, type PlanWrite } from './compile-write.ts'
import type { Validate } from './data-schema.ts'
import { createDraft } from './draft.ts'
import { messageView } from './message-view.ts'
import type { EventFile } from './schema-file.ts'
import type { View } from './scope.ts'

/** A contract that is ready to plan events of its type. */
export interface Contract {
  readonly file: EventFile
  /** Plan one event. What cannot land is planned as a dead letter. */
  plan(view: View & { readonly event: CloudEvent }, letter: Letter): Plan
}

/** The validators of a contract; one without a schema accepts what comes. */
export interface Validators {
  readonly data?: Validate | undefined
  readonly attributes?: Validate | undefined
}

/**
 * Compile a contract that has passed its checks.
 *
 * @throws {Failure} VALUE_INVALID, VERSION_INVALID for a constant that its column cannot hold
 */
export function compileContract(
  file: EventFile,
  validators: Validators,
  collections: ReadonlyMap<string, Compiled>
): Contract {
  const writes = file.writes.flatMap((write) => {
    const compiled = collections.get(write.collection)
    return compiled ? [compileWrite(write, compiled)] : []
  })
  return {
    file,
    plan(arrived, letter) {
      try {
        // Nothing is kept of an event that is dropped on purpose, so nothing needs to be right.
        if (writes.length === 0) return planWrites([], arrived, letter)
        const view = file.payload === 'message' ? messageView(arrived.event) : arrived
        validate(view, validators)
        return planWrites(writes, view, letter)
      } catch (error) {
        if (!isFailure(error, 'dead-letter')) throw error
        return deadLetterPlan(letter, { code: error.code, detail: error.message })
      }
    }
  }
}

function validate({ event }: View, { data, attributes }: Validators): void {
  const fault = data?.(event['data']) ?? attributes?.(event['attributes'])
  if (fault !== undefined) throw new Failure('DATA_INVALID', fault)
}

function planWrites(planners: readonly PlanWrite[], view: View, letter: Letter): Plan {
  const draft = createDraft()
  for (const planWrite of planners) planWrite(view, letter.id, draft)
  const { writes, bytes, mutations } = draft
  const ledger = writes.some(({ kind }) => kind === 'counter') ? ledgerTable.columns.length : 0
  return { eventKey: letter.id, writes, letter, bytes, mutations: mutations + ledger }
}
