import { Failure, type FailureCode } from '../../failures.ts'

/** Primary result codes of SQLite: https://www.sqlite.org/rescode.html. */
const codes: Readonly<Record<number, FailureCode>> = {
  5: 'STORE_CONTENDED', // SQLITE_BUSY
  6: 'STORE_CONTENDED', // SQLITE_LOCKED
  7: 'STORE_UNAVAILABLE', // SQLITE_NOMEM
  8: 'STORE_UNAVAILABLE', // SQLITE_READONLY
  10: 'STORE_UNAVAILABLE', // SQLITE_IOERR
  11: 'STORE_UNAVAILABLE', // SQLITE_CORRUPT
  13: 'STORE_UNAVAILABLE', // SQLITE_FULL
  14: 'STORE_UNAVAILABLE', // SQLITE_CANTOPEN
  18: 'STORE_REFUSED', // SQLITE_TOOBIG
  19: 'STORE_REFUSED', // SQLITE_CONSTRAINT
  20: 'STORE_REFUSED', // SQLITE_MISMATCH
  26: 'STORE_UNAVAILABLE' // SQLITE_NOTADB
}

const missing = /no such (table|column|index)|has no column named|ON CONFLICT clause does not match/

/**
 * Translate what SQLite threw. Its messages name tables and columns, never values. Any other error
 * is returned unchanged.
 */
export function storeFailure(error: unknown): unknown {
  if (isClosed(error)) return new Failure('STORE_UNAVAILABLE', 'The embedded store is closed.')
  if (!(error instanceof Error) || !('errcode' in error)) return error
  return new Failure(codeOf(error), `The embedded store: ${error.message}.`, { cause: error })
}

/** https://nodejs.org/api/errors.html#err_invalid_state */
const isClosed = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  error.code === 'ERR_INVALID_STATE' &&
  /not open|finalized/.test(error.message)

function codeOf(error: Error & { errcode: unknown }): FailureCode {
  const primary = Number(error.errcode) & 0xff
  if (primary === 1 && missing.test(error.message)) return 'STORE_MISCONFIGURED'
  return codes[primary] ?? 'STORE_INTERNAL'
}
