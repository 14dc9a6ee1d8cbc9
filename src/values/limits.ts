const quotas = 'https://cloud.google.com/spanner/quotas'
const pubsub = 'https://cloud.google.com/pubsub/quotas'
const json = 'https://cloud.google.com/spanner/docs/reference/standard-sql/data-types#json_type'

const mebibyte = 1024 * 1024

/** A figure of Spanner or Pub/Sub. The code keeps to `ours`; `docs/limits.md` shows both. */
export interface Limit {
  /** What is limited, as `docs/limits.md` names it. Where the name of a row ends in Bytes, it counts bytes. */
  readonly what: string
  /** What the service documents at `source`. */
  readonly theirs: number
  /** What Landfall keeps to. */
  readonly ours: number
  readonly source: string
}

/**
 * Every figure of Spanner and Pub/Sub that Landfall depends on, in one table. `docs/limits.md` has
 * the same rows, and a test compares them. The embedded store has figures of its own on purpose: it
 * stands in for Spanner.
 */
export const limits = {
  /** An ARRAY is one cell too. */
  cellBytes: limit('bytes of a cell', 10 * mebibyte, `${quotas}#tables`),
  stringCharacters: limit('characters of a STRING', 2_621_440, `${quotas}#tables`),
  jsonBytes: limit('bytes of a JSON value as text', 10_000_000, json),
  jsonDepth: limit('levels of nested JSON', 80, json),
  keyBytes: limit('bytes of a key, and of a key in an index', 8192, `${quotas}#tables`),
  /** Landfall adds at most five columns of its own. */
  columns: limit('columns of a collection', 1024, `${quotas}#tables`, 1000),
  /** A log adds the event key to its primary key. */
  keyColumns: limit('columns of a key', 16, `${quotas}#tables`, 15),
  indexes: limit('indexes of a collection', 128, `${quotas}#indexes`),
  indexColumns: limit('columns of an index', 16, `${quotas}#indexes`),
  nameCharacters: limit('characters of a name', 128, `${quotas}#tables`),
  eventMutations: limit('mutations of one event', 80_000, `${quotas}#limits-for`),
  /** Index entries and encoding come on top of the values that Landfall can count. */
  eventBytes: limit(
    'bytes of values of one event',
    100 * mebibyte,
    `${quotas}#limits-for`,
    32 * mebibyte
  ),
  /** A bound that is estimated stays below the real one. */
  commitMutations: limit('mutations of a commit', 80_000, `${quotas}#limits-for`, 72_000),
  commitBytes: limit(
    'bytes of values of a commit',
    100 * mebibyte,
    `${quotas}#limits-for`,
    48 * mebibyte
  ),
  /** The `type` of an event: Eventarc matches it as an attribute. */
  typeCharacters: limit('characters of `type`, an attribute of a message', 1024, pubsub),
  /** Longer than a message can be redelivered. */
  retentionDays: limit(
    'days that a message, an event or a deleted key is remembered',
    31,
    pubsub,
    35
  )
} as const satisfies Record<string, Limit>

function limit(what: string, theirs: number, source: string, ours = theirs): Limit {
  return { what, theirs, ours, source }
}
