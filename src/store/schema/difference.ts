/** What a kind of difference means for the service and for `schema apply`. */
export interface DifferencePolicy {
  /** True when the service cannot land or serve rows while the difference lasts. */
  readonly blocksReadiness: boolean
  /**
   * - `run`: additive. No row is lost or changed, and existing clients keep working.
   * - `leave`: harmless to the service. It is reported and left as it is.
   * - `refuse`: a person must decide, so nothing is applied.
   */
  readonly apply: 'run' | 'leave' | 'refuse'
  /** What the operator can do when `schema apply` does not resolve it. */
  readonly advice?: string
}

/**
 * Every way in which a live table can differ from what the collections declare.
 *
 * - `column-short`: of the right type, but shorter. `column-required`: NOT NULL, declared nullable;
 *   `…-indexed` when an index or the key has it. `column-nullable`: nullable, declared NOT NULL.
 * - `column-extra`: not declared. `column-unfilled`: not declared, NOT NULL and without a default.
 * - `ttl-short`: rows are deleted earlier than declared. `ttl`: later, or after another column.
 * - `stored-…`: a column that an index stores beside its own.
 */
export const differenceKinds = {
  'table-missing': { blocksReadiness: true, apply: 'run' },
  'column-missing': { blocksReadiness: true, apply: 'run' },
  'column-missing-required': {
    blocksReadiness: true,
    apply: 'refuse',
    advice:
      'Add it manually as nullable, fill it in every row, then make it NOT NULL; or give the collection another name.'
  },
  'column-short': { blocksReadiness: true, apply: 'run' },
  'column-type': {
    blocksReadiness: true,
    apply: 'refuse',
    advice:
      'Give the column another name in the collection, so that it is added beside this one; or change it manually.'
  },
  'column-required': { blocksReadiness: true, apply: 'run' },
  'column-required-indexed': {
    blocksReadiness: true,
    apply: 'refuse',
    advice:
      'Spanner cannot change NOT NULL under an index: drop its indexes manually, then apply again.'
  },
  'column-nullable': {
    blocksReadiness: true,
    apply: 'refuse',
    advice: 'Fill it in every row, then make it NOT NULL manually.'
  },
  'column-commit-timestamp': { blocksReadiness: true, apply: 'run' },
  'column-extra': {
    blocksReadiness: false,
    apply: 'refuse',
    advice:
      'It may hold the values of a renamed column: move what is needed, then drop it manually; or declare it in the collection again.'
  },
  'column-unfilled': {
    blocksReadiness: true,
    apply: 'refuse',
    advice:
      'Manually drop it, make it nullable or give it a default; or declare it in the collection again.'
  },
  key: {
    blocksReadiness: true,
    apply: 'refuse',
    advice:
      'The key of a table never changes: give the collection another name, and send its events again.'
  },
  'ttl-missing': { blocksReadiness: false, apply: 'run' },
  'ttl-short': { blocksReadiness: false, apply: 'run' },
  ttl: {
    blocksReadiness: false,
    apply: 'refuse',
    advice:
      'The declared policy deletes rows that are kept now: change it manually, or `keepDeletedDays` in the collection.'
  },
  'ttl-extra': {
    blocksReadiness: false,
    apply: 'leave',
    advice: 'Drop the policy manually if it is not intended.'
  },
  'index-missing': { blocksReadiness: true, apply: 'run' },
  'index-building': {
    blocksReadiness: true,
    apply: 'leave',
    advice: 'It cannot be read yet. Wait until it is filled.'
  },
  index: {
    blocksReadiness: true,
    apply: 'refuse',
    advice:
      'Give the index another name in the collection, so that it is created beside this one; then drop this one manually.'
  },
  'index-extra': {
    blocksReadiness: false,
    apply: 'leave',
    advice: 'Drop it manually if nothing else reads from it.'
  },
  'stored-missing': { blocksReadiness: false, apply: 'run' },
  'stored-extra': {
    blocksReadiness: false,
    apply: 'leave',
    advice: 'Drop it from the index manually.'
  }
} as const satisfies Readonly<Record<string, DifferencePolicy>>

export type DifferenceKind = keyof typeof differenceKinds

/** The kinds that can be applied. */
export type AdditiveKind = {
  [K in DifferenceKind]: (typeof differenceKinds)[K]['apply'] extends 'run' ? K : never
}[DifferenceKind]

/** One difference between a live table and what the collections declare. */
export interface Difference {
  readonly kind: DifferenceKind
  readonly table: string
  readonly column?: string
  readonly index?: string
  /** One sentence that names what differs, what was found and what was expected. */
  readonly message: string
}

/** Return the policy for a kind of difference. */
export const policyOf = (kind: DifferenceKind): DifferencePolicy => differenceKinds[kind]
