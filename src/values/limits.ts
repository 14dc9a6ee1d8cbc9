const quotas = 'https://cloud.google.com/spanner/quotas'
const pubsub = 'https://cloud.google.com/pubsub/quotas'
const json = 'https://cloud.google.com/spanner/docs/reference/standard-sql/data-types#json_type'

const mebibyte = 1024 * 1024

/**
 * What one JSON text may be made of. Built, it takes far more memory and time than its bytes: `[]`
 * takes some 30 times its two bytes, and a key that no other object has costs a layout of its own.
 * Within these bounds 16 MiB take some 0.3 s to decode, and 10 MB of records fit, with 20
 * bytes for each value. `docs/limits.md` has the same figures.
 */
export const jsonBounds = {
  /** Objects and arrays. */
  containers: 250_000,
  /** Strings, numbers and literals, without keys. */
  values: 500_000,
  /** Different keys in all objects together. */
  keys: 25_000,
  /** Numbers of more than 15 digits in another form than a double prints. */
  longNumbers: 10_000
} as const

/** A figure of Spanner or Pub/Sub. The code keeps to `ours`; `docs/limits.md` shows both. */
export interface Limit {
  /** What is limited, as `docs/limits.md` names it. A row whose name ends in Bytes counts bytes. */
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
  cellBytes: limit('size of a cell', 10 * mebibyte, `${quotas}#tables`),
  stringCharacters: limit('characters of a STRING', 2_621_440, `${quotas}#tables`),
  jsonBytes: limit('size of a JSON value as text', 10_000_000, json),
  jsonDepth: limit('levels of nested JSON', 80, json),
  keyBytes: limit('size of a key, of a table or an index', 8192, `${quotas}#tables`),
  /** Landfall adds up to five columns of its own. */
  columns: limit('columns of a collection', 1024, `${quotas}#tables`, 1000),
  /** A log adds the event key to its primary key. */
  keyColumns: limit('columns of a primary key', 16, `${quotas}#tables`, 15),
  indexes: limit('indexes of a collection', 128, `${quotas}#indexes`),
  indexColumns: limit('columns of an index', 16, `${quotas}#indexes`),
  nameCharacters: limit('characters of a name', 128, `${quotas}#tables`),
  eventMutations: limit('mutations of one event', 80_000, `${quotas}#limits-for`),
  /** All rows of an event are in one commit; index entries and encoding come on top of its values. */
  eventBytes: limit(
    'size of the values of one event',
    100 * mebibyte,
    `${quotas}#limits-for`,
    32 * mebibyte
  ),
  /** Below the real figure, because what Landfall counts is an estimate. */
  commitMutations: limit('mutations of a commit', 80_000, `${quotas}#limits-for`, 72_000),
  commitBytes: limit(
    'size of the values of a commit',
    100 * mebibyte,
    `${quotas}#limits-for`,
    48 * mebibyte
  ),
  /** In binary mode the `type` of an event is an attribute of its Pub/Sub message. */
  typeCharacters: limit(
    'characters of `type`, which may be an attribute of a message',
    1024,
    pubsub
  ),
  /** Longer than a message can be redelivered. */
  retentionDays: limit(
    'days that Pub/Sub keeps a message, that Landfall remembers an event or a deleted key',
    31,
    pubsub,
    35
  )
} as const satisfies Record<string, Limit>

function limit(what: string, theirs: number, source: string, ours = theirs): Limit {
  return { what, theirs, ours, source }
}
