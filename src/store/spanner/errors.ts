import { Failure, type FailureCode } from '../../failures.ts'

/** What each gRPC status means for a commit: https://cloud.google.com/spanner/docs/error-codes. */
const statuses: Readonly<Record<number, readonly [string, FailureCode]>> = {
  1: ['CANCELLED', 'STORE_UNAVAILABLE'],
  2: ['UNKNOWN', 'STORE_INTERNAL'],
  3: ['INVALID_ARGUMENT', 'STORE_REFUSED'],
  4: ['DEADLINE_EXCEEDED', 'STORE_UNAVAILABLE'],
  5: ['NOT_FOUND', 'STORE_MISCONFIGURED'],
  6: ['ALREADY_EXISTS', 'STORE_REFUSED'],
  7: ['PERMISSION_DENIED', 'STORE_MISCONFIGURED'],
  8: ['RESOURCE_EXHAUSTED', 'STORE_UNAVAILABLE'],
  9: ['FAILED_PRECONDITION', 'STORE_REFUSED'],
  10: ['ABORTED', 'STORE_CONTENDED'],
  11: ['OUT_OF_RANGE', 'STORE_REFUSED'],
  12: ['UNIMPLEMENTED', 'STORE_MISCONFIGURED'],
  13: ['INTERNAL', 'STORE_INTERNAL'],
  14: ['UNAVAILABLE', 'STORE_UNAVAILABLE'],
  15: ['DATA_LOSS', 'STORE_INTERNAL'],
  16: ['UNAUTHENTICATED', 'STORE_MISCONFIGURED']
}

/** Texts that decide where the status alone does not. */
const exceptions: readonly {
  readonly status: readonly number[]
  readonly text: RegExp
  readonly code: FailureCode
}[] = [
  // Sessions and transactions expire, or end with a restart of the emulator; a retry uses new ones.
  { status: [5], text: /^(Session|Transaction) not found/i, code: 'STORE_UNAVAILABLE' },
  // With multiplexed sessions a missing table that only mutations name is not NOT_FOUND.
  {
    status: [3, 9],
    text: /^(Table|Column|Index|Database|Instance) not found|^Unrecognized name|^The table \S* does not have/i,
    code: 'STORE_MISCONFIGURED'
  },
  // A broken connection, not a broken row.
  {
    status: [13],
    text: /RST_STREAM|unexpected EOS|HTTP\/2|Connection closed|GOAWAY/i,
    code: 'STORE_UNAVAILABLE'
  },
  { status: [0], text: /default credentials/i, code: 'STORE_MISCONFIGURED' }
]

/**
 * Translate what the client threw. A message about the deployment carries Spanner's own text; a
 * message about rows names only tables, columns and indexes, because Spanner quotes keys and
 * values. What was thrown stays in `cause`. A `Failure` is returned as it is.
 */
export function storeFailure(error: unknown): Failure {
  if (error instanceof Failure) return error
  const code = codeOf(error)
  return failureOf(code, error, code === 'STORE_MISCONFIGURED' ? firstLine : namesIn)
}

/** Translate what a read threw: no row is at fault, so Spanner refuses the table. */
export function readFailure(error: unknown): Failure {
  const failure = storeFailure(error)
  if (failure.code !== 'STORE_REFUSED') return failure
  return new Failure('STORE_MISCONFIGURED', failure.message, { cause: error })
}

/**
 * Translate what a change of the schema threw, in Spanner's own text: no row is in it, but for the
 * key that two rows have when an index must not have it twice.
 */
export function schemaFailure(error: unknown): Failure {
  if (error instanceof Failure) return error
  const code = codeOf(error)
  const words = (text: string) => firstLine(text.replace(/,\s*duplicate key\b.*/is, ''))
  return failureOf(code === 'STORE_REFUSED' ? 'STORE_MISCONFIGURED' : code, error, words)
}

function failureOf(code: FailureCode, error: unknown, words: (text: string) => string): Failure {
  const [name] = statuses[statusOf(error)] ?? ['the client failed without a status']
  const detail = words(textOf(error))
  return new Failure(code, `Spanner: ${name}${detail && `, ${detail}`}.`, { cause: error })
}

/** True when another session must be used from now on. */
export const isSessionLost = (error: unknown): boolean =>
  statusOf(error) === 5 && /^Session not found/i.test(textOf(error))

function codeOf(error: unknown): FailureCode {
  const [status, text] = [statusOf(error), textOf(error)]
  const exception = exceptions.find((one) => one.status.includes(status) && one.text.test(text))
  return exception?.code ?? statuses[status]?.[1] ?? 'STORE_UNAVAILABLE'
}

const alreadyExists = 6

/** Create something, unless it exists. Resolves with whether it was created. */
export async function unlessExists(create: () => Promise<unknown>): Promise<boolean> {
  try {
    await create()
    return true
  } catch (error) {
    if (statusOf(error) !== alreadyExists) throw error
    return false
  }
}

/** The gRPC status, or 0 for an error that has none. */
function statusOf(error: unknown): number {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'number' && statuses[code] ? code : 0
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  const details = 'details' in error ? error.details : undefined
  return typeof details === 'string' && details ? details : error.message
}

const firstLine = (text: string) => text.split('\n', 1)[0]?.slice(0, 300).replace(/\.$/, '') ?? ''

/** The identifiers that follow the words table, column and index, each once. */
function namesIn(text: string): string {
  const found = text.matchAll(/\b(table|column|index):? ([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)?)/gi)
  const names = [...found].map(([, kind = '', name]) => `${kind.toLowerCase()} ${name}`)
  return [...new Set(names)].slice(0, 4).join(', ')
}
