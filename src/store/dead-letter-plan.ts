import { deadLettersTable } from './managed-tables.ts'
import type { Letter, Plan, Reason } from './plan.ts'

/** A detail names a place and a rule; beyond this length it would carry the payload. */
const maxDetailCharacters = 1000
/** The managed columns and the attributes that are not among the headers. */
const overheadBytes = 2048

/**
 * Plan the dead letter of an event that cannot land. A pointer in the detail is made of keys that
 * were sent, so it is cut and made well-formed: Spanner takes no lone surrogates.
 */
export function deadLetterPlan(letter: Letter, reason: Reason): Plan {
  return {
    eventKey: letter.id,
    writes: [],
    letter,
    reason: { ...reason, detail: reason.detail.slice(0, maxDetailCharacters).toWellFormed() },
    bytes: letter.body.length + headerBytes(letter) + overheadBytes,
    mutations: deadLettersTable.columns.length
  }
}

function headerBytes({ headers }: Letter): number {
  return Buffer.byteLength(JSON.stringify(headers))
}
