/** What is done about a kind of difference. */
export interface Handling {
  /** True when the service cannot land or serve rows while the difference lasts. */
  readonly blocks: boolean
  /**
   * - `run`: additive. No row is lost or changed, and what ran before goes on to work.
   * - `leave`: harmless to the service. It is reported, and nothing is done about it.
   * - `refuse`: a person must decide, so nothing at all is applied.
   */
  readonly apply: 'run' | 'leave' | 'refuse'
  /** What a person can do, where nothing is run. */
  readonly advice?: string
}

/**
 * Every way in which a live table differs from what the collections ask for.
 *
 * - `column-short`: of the right type, but shorter. `column-required`: NOT NULL, asked for nullable;
 *   `…-indexed` when an index or the key has it. `column-nullable`: the other way round.
 * - `column-extra`: nobody asked for it. `column-unfilled`: nor would anybody fill it, and it must be.
 * - `ttl-short`: rows go earlier than asked for. `ttl`: later, or after another column.
 * - `stored-…`: a column that an index stores beside its own.
 */
export const differenceKinds = {
  'table-missing': { blocks: true, apply: 'run' },
  'column-missing': { blocks: true, apply: 'run' },
  'column-missing-required': {
    blocks: true,
    apply: 'refuse',
    advice:
      'Add it by hand as nullable, fill it in every row, then make it NOT NULL; or give the collection another name.'
  },
  'column-short': { blocks: true, apply: 'run' },
  'column-type': {
    blocks: true,
    apply: 'refuse',
    advice:
      'Give the column another name in the collection, so that it is added beside this one; or change it by hand.'
  },
  'column-required': { blocks: true, apply: 'run' },
  'column-required-indexed': {
    blocks: true,
    apply: 'refuse',
    advice:
      'Spanner changes no NOT NULL under an index: drop the indexes that have it, by hand, and apply again.'
  },
  'column-nullable': {
    blocks: true,
    apply: 'refuse',
    advice: 'Fill it in every row, then make it NOT NULL by hand.'
  },
  'column-commit-timestamp': { blocks: true, apply: 'run' },
  'column-extra': {
    blocks: false,
    apply: 'refuse',
    advice:
      'It may hold the values of a column that has another name now: move what is needed, then drop it by hand; or bring it back into the collection.'
  },
  'column-unfilled': {
    blocks: true,
    apply: 'refuse',
    advice:
      'Drop it, make it nullable or give it a default, by hand; or bring it back into the collection.'
  },
  key: {
    blocks: true,
    apply: 'refuse',
    advice:
      'The key of a table never changes: give the collection another name, and land its events again.'
  },
  'ttl-missing': { blocks: false, apply: 'run' },
  'ttl-short': { blocks: false, apply: 'run' },
  ttl: {
    blocks: false,
    apply: 'refuse',
    advice:
      'The policy asked for deletes rows that are kept now: change it by hand, or `keepDeletedDays` in the collection.'
  },
  'ttl-extra': {
    blocks: false,
    apply: 'leave',
    advice: 'Drop the policy by hand, unless it is meant.'
  },
  'index-missing': { blocks: true, apply: 'run' },
  'index-building': {
    blocks: true,
    apply: 'leave',
    advice: 'Nothing can be read from it yet. Wait until it is filled.'
  },
  index: {
    blocks: true,
    apply: 'refuse',
    advice:
      'Give the index another name in the collection, so that it is made beside this one; then drop this one by hand.'
  },
  'index-extra': {
    blocks: false,
    apply: 'leave',
    advice: 'Drop it by hand, unless somebody else reads from it.'
  },
  'stored-missing': { blocks: false, apply: 'run' },
  'stored-extra': { blocks: false, apply: 'leave', advice: 'Drop it from the index by hand.' }
} as const satisfies Readonly<Record<string, Handling>>

export type DifferenceKind = keyof typeof differenceKinds

/** The kinds that can be applied. */
export type AdditiveKind = {
  [K in DifferenceKind]: (typeof differenceKinds)[K]['apply'] extends 'run' ? K : never
}[DifferenceKind]

/** One difference between a live table and what the collections ask for. */
export interface Difference {
  readonly kind: DifferenceKind
  readonly table: string
  readonly column?: string
  readonly index?: string
  /** One sentence that names what differs, what is there and what was expected. */
  readonly message: string
}

/** Look up what is done about a kind of difference. */
export const handlingOf = (kind: DifferenceKind): Handling => differenceKinds[kind]
