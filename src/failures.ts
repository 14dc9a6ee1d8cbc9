/**
 * Every way Landfall refuses, in one table. HTTP status, logs, dead-letter reasons and
 * `docs/failures.md` are looked up from here; a code never changes its meaning.
 *
 * - `dead-letter`: the event cannot land as it is. It is stored with this reason and acknowledged;
 *   `status` is the answer only with `POISON=reject`.
 * - `retry`: nothing is wrong with the request. The sender should send it again, unchanged.
 * - `refuse`: the service does not serve this request. Sending it again unchanged will not help.
 * - `stop`: the process cannot serve. It exits with 1 and one line that says why, or is not ready.
 */
export const failures = {
  BODY_EMPTY: row('dead-letter', 400, 'The request has no body and no event in its headers.'),
  BODY_ENCODING_INVALID: row(
    'dead-letter',
    400,
    'The body does not match its Content-Encoding, or is too large when inflated.'
  ),
  JSON_INVALID: row('dead-letter', 400, 'The text is not JSON, or not UTF-8.'),
  JSON_TOO_DEEP: row('dead-letter', 400, 'The JSON is nested deeper than Spanner can store.'),
  JSON_KEY_FORBIDDEN: row(
    'dead-letter',
    400,
    'The JSON has a `__proto__` or `constructor.prototype` key, which only an attacker sends.'
  ),
  NUMBER_INEXACT: row(
    'dead-letter',
    400,
    'An integer beyond ±(2^53-1), or a number too large for a double, would be rounded. Send it as a string.'
  ),
  ENVELOPE_UNKNOWN: row(
    'dead-letter',
    400,
    'The request is neither a CloudEvent nor a Pub/Sub message in any form Landfall knows.'
  ),
  SPECVERSION_UNSUPPORTED: row('dead-letter', 400, 'The specversion of the CloudEvent is not 1.0.'),
  ATTRIBUTE_MISSING: row(
    'dead-letter',
    400,
    'A required CloudEvents attribute is absent or empty.'
  ),
  ATTRIBUTE_INVALID: row(
    'dead-letter',
    400,
    'A CloudEvents attribute breaks the rules of its type, its length or its name.'
  ),
  DATA_AMBIGUOUS: row('dead-letter', 400, 'The CloudEvent has both `data` and `data_base64`.'),
  BASE64_INVALID: row('dead-letter', 400, 'A member that must be base64 is not valid base64.'),
  MESSAGE_INVALID: row(
    'dead-letter',
    400,
    'The body looks like a Pub/Sub push, but its message breaks the documented shape.'
  ),
  EVENT_TYPE_UNKNOWN: row('dead-letter', 422, 'No contract accepts this event type.'),
  DATA_INVALID: row('dead-letter', 422, 'The data breaks the JSON Schema of its contract.'),
  VALUE_INVALID: row('dead-letter', 422, 'A value cannot be stored exactly in its column.'),
  VERSION_INVALID: row(
    'dead-letter',
    422,
    'The version of the row is absent or has the wrong type.'
  ),
  KEY_REPEATED: row('dead-letter', 422, 'One event writes the same row twice.'),
  EVENT_TOO_LARGE: row(
    'dead-letter',
    422,
    'One event needs more than fits into one commit, or its JSON has too many values.'
  ),
  COUNTER_OVERFLOW: row('dead-letter', 422, 'Adding the amount would overflow the column.'),
  STORE_REFUSED: row('dead-letter', 422, 'The store refuses these rows every time.'),

  STORE_UNAVAILABLE: row('retry', 503, 'The store did not answer, or is not available now.'),
  STORE_INTERNAL: row('retry', 503, 'The store reported an internal error.'),
  STORE_CONTENDED: row(
    'retry',
    503,
    'Other transactions kept this one from committing before its deadline.'
  ),
  STORE_MISCONFIGURED: row(
    'retry',
    503,
    'The deployment is at fault: a table or a permission is missing, or every commit is refused. The event is not.'
  ),
  QUEUE_FULL: row('retry', 503, 'The queue is full.'),
  DEADLINE_EXCEEDED: row('retry', 503, 'The commit did not finish in time for the sender.'),
  ACCESS_UNAVAILABLE: row('retry', 503, 'The keys that authenticate callers cannot be fetched.'),
  STOPPING: row('retry', 503, 'This instance is shutting down.'),
  INTERNAL: row('retry', 500, 'A bug in Landfall. Nothing was acknowledged.'),

  METHOD_NOT_ALLOWED: row('refuse', 405, 'The route exists, but not for this method.'),
  ROUTE_NOT_FOUND: row('refuse', 404, 'There is no such route.'),
  ROW_NOT_FOUND: row('refuse', 404, 'There is no such row, or it was deleted.'),
  BODY_TOO_LARGE: row('refuse', 413, 'The body is larger than 16 MiB.'),
  REQUEST_INVALID: row('refuse', 400, 'The request is not valid HTTP.'),
  REQUEST_TIMEOUT: row('refuse', 408, 'The request did not arrive in time.'),
  TOKEN_INVALID: row('refuse', 401, 'The push has no token, or an invalid one.'),
  CALLER_FORBIDDEN: row('refuse', 403, 'The caller is authenticated, but not allowed to do this.'),
  API_KEY_INVALID: row(
    'refuse',
    401,
    'The read has no API key, or one that is unknown or expired.'
  ),
  RATE_LIMITED: row('refuse', 429, 'The API key has used up its reads for this minute.'),
  KEY_INVALID: row('refuse', 400, 'The path is not a valid key of this collection.'),
  QUERY_INVALID: row('refuse', 400, 'A query parameter is unknown or malformed.'),
  FILTER_UNSUPPORTED: row(
    'refuse',
    400,
    'Neither the key nor an index serves these filters together; Landfall never runs a full scan.'
  ),

  CONFIG_INVALID: row('stop', 500, 'An environment variable is missing or malformed.'),
  SCHEMAS_INVALID: row('stop', 500, 'The files under schemas/ do not pass `landfall check`.'),
  SECRET_INVALID: row('stop', 500, 'A secret cannot be read, or its content is malformed.'),
  DATABASE_UNSUPPORTED: row(
    'stop',
    500,
    'The database is missing, or its dialect is not GoogleSQL.'
  ),
  SCHEMA_DRIFT: row('stop', 503, 'The live tables differ from the collections.')
} as const satisfies Record<string, FailureRow>

export type FailureCode = keyof typeof failures

type Action = 'dead-letter' | 'retry' | 'refuse' | 'stop'

/** The codes with one of these actions. */
type CodeOf<A extends Action> = {
  [C in FailureCode]: (typeof failures)[C]['action'] extends A ? C : never
}[FailureCode]

export interface FailureRow {
  readonly action: Action
  /** HTTP status of the answer, where there is one. */
  readonly status: number
  readonly summary: string
}

function row<const A extends FailureRow['action']>(action: A, status: number, summary: string) {
  return { action, status, summary } as const
}

/**
 * An expected refusal. `message` says what is wrong and what was seen, never the payload and never
 * a token; the original error stays in `cause`.
 */
export class Failure<C extends FailureCode = FailureCode> extends Error {
  override readonly name = 'Failure'
  readonly code: C

  constructor(code: C, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** Nothing is acknowledged: the sender must send the event again. */
export type RetryFailure = Failure<CodeOf<'retry'>>

/** Why an event cannot land. */
export interface Reason {
  readonly code: FailureCode
  /** What is wrong and where, never the payload. */
  readonly detail: string
}

/** Return the reason that is stored for a refusal. */
export function reasonOf({ code, message }: Failure): Reason {
  return { code, detail: message }
}

/** A detail names a location and a rule; anything longer would contain payload. */
const maxDetailCharacters = 1000

/**
 * Return a reason as a dead letter keeps it. A pointer in the detail consists of keys that the sender
 * chose, so the detail is cut and made well-formed: Spanner refuses lone surrogates.
 */
export function storedReason({ code, detail }: Reason): Reason {
  return { code, detail: detail.slice(0, maxDetailCharacters).toWellFormed() }
}

/** Report whether an error is a `Failure`; with an action, whether its code has that action. */
export function isFailure<A extends Action = Action>(
  error: unknown,
  action?: A
): error is Failure<CodeOf<A>> {
  if (!(error instanceof Failure)) return false
  const { code }: Failure = error
  return !action || failures[code].action === action
}

/**
 * A problem that the user of a command can fix. The message says what to do; the stack does not
 * help.
 */
export class Complaint extends Error {
  override readonly name: string = 'Complaint'
}

/** Explain in one line why a process or a command stops; a bug keeps its stack. */
export function explain(error: unknown): string {
  if (error instanceof Complaint) return error.message
  if (beginsWithItsCode(error)) return error.message
  if (error instanceof Failure) return `${error.code}: ${error.message}`
  if (isSystemError(error)) return `${error.code}: ${error.message}`
  if (isOfTheOutside(error)) return error.message.split('\n', 1).join()
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/** As most messages of Node do. */
function beginsWithItsCode(error: unknown): error is Error {
  return isSystemError(error) && error.message.startsWith(`${error.code}: `)
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error
}

/** What a service of Google answered, credentials that are absent, a file that zlib cannot read. */
function isOfTheOutside(error: unknown): error is Error {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? error.code : undefined
  const answered = typeof code === 'number' && 'details' in error
  const ofZlib = typeof code === 'string' && code.startsWith('Z_')
  return answered || ofZlib || /default credentials/i.test(error.message)
}
