import { describe, expect, test } from 'vitest'
import { Failure } from '../../src/failures.ts'
import {
  isSessionLost,
  readFailure,
  schemaFailure,
  storeFailure
} from '../../src/store/spanner/errors.ts'

/** An error as the client throws it. */
const grpcError = (code: number, details: string) =>
  Object.assign(new Error(`${code} STATUS: ${details}`), { code, details })

const cases = [
  [1, 'Call cancelled', 'STORE_UNAVAILABLE'],
  [2, 'who knows', 'STORE_INTERNAL'],
  [3, 'Invalid value', 'STORE_REFUSED'],
  [3, 'Table not found: items', 'STORE_MISCONFIGURED'],
  [3, 'Unrecognized name: extra [at 1:8]', 'STORE_MISCONFIGURED'],
  [3, 'The table items does not have a secondary index called x', 'STORE_MISCONFIGURED'],
  [4, 'Deadline exceeded', 'STORE_UNAVAILABLE'],
  [5, 'Column not found in table t: zzz', 'STORE_MISCONFIGURED'],
  [5, 'Database not found: projects/p/instances/i/databases/d', 'STORE_MISCONFIGURED'],
  [5, 'Session not found: projects/p/…/sessions/s', 'STORE_UNAVAILABLE'],
  [5, 'Transaction not found: 220', 'STORE_UNAVAILABLE'],
  [6, 'UNIQUE violation on index i, duplicate key: {String("x")}', 'STORE_REFUSED'],
  [7, 'Caller is missing IAM permission spanner.databases.write', 'STORE_MISCONFIGURED'],
  [8, 'Quota exhausted', 'STORE_UNAVAILABLE'],
  [9, 'Could not parse "Table not found: x" as a NUMERIC', 'STORE_REFUSED'],
  [9, 'Cannot specify a null value for column: t.k in table: t', 'STORE_REFUSED'],
  [10, 'Transaction was aborted', 'STORE_CONTENDED'],
  [11, 'Out of range', 'STORE_REFUSED'],
  [12, 'Unimplemented', 'STORE_MISCONFIGURED'],
  [13, '', 'STORE_INTERNAL'],
  [13, 'Received RST_STREAM with code 2', 'STORE_UNAVAILABLE'],
  [14, 'No connection established', 'STORE_UNAVAILABLE'],
  [15, 'Data loss', 'STORE_INTERNAL'],
  [16, 'Request had invalid authentication credentials', 'STORE_MISCONFIGURED']
] as const

describe('storeFailure', () => {
  test.each(cases)('turns %i %j into %s', (code, details, expected) => {
    const error = grpcError(code, details)
    expect(storeFailure(error)).toMatchObject({ name: 'Failure', code: expected, cause: error })
  })

  test('takes an error without a status for a client that does not get through', () => {
    const closed = new Error('Database is closed.')
    expect(storeFailure(closed).code).toBe('STORE_UNAVAILABLE')
    expect(storeFailure('what').code).toBe('STORE_UNAVAILABLE')
    expect(storeFailure(Object.assign(closed, { code: 'ECONNRESET' })).code).toBe(
      'STORE_UNAVAILABLE'
    )
  })

  test('takes missing credentials for a fault of the deployment', () => {
    const error = new Error('Could not load the default credentials. Browse to https://…')
    expect(storeFailure(error).code).toBe('STORE_MISCONFIGURED')
  })

  test('keeps a Failure', () => {
    const failure = new Failure('STORE_UNAVAILABLE', 'No Spanner session within 5 ms.')
    expect(storeFailure(failure)).toBe(failure)
  })

  test('names tables, columns and indexes of refused rows, and no value', () => {
    const unique = 'UNIQUE violation on index by_mail,  duplicate key: {String("ann@example.com")}'
    expect(storeFailure(grpcError(6, unique)).message).toBe(
      'Spanner: ALREADY_EXISTS, index by_mail.'
    )
    const long =
      'New value exceeds the maximum size limit for this column: t.k, size: 65, limit: 64.'
    expect(storeFailure(grpcError(9, long)).message).toBe(
      'Spanner: FAILED_PRECONDITION, column t.k.'
    )
    const row = 'Row [ann,7] in table people already exists'
    expect(storeFailure(grpcError(6, row)).message).toBe('Spanner: ALREADY_EXISTS, table people.')
    const number = 'Could not parse 4111111111111111.5 as an integer'
    expect(storeFailure(grpcError(9, number)).message).toBe('Spanner: FAILED_PRECONDITION.')
  })

  test('carries the text about a deployment, on one line', () => {
    const text = 'Unrecognized name: zz [at 1:8]\nselect zz from t\n       ^'
    expect(storeFailure(grpcError(3, text)).message).toBe(
      'Spanner: INVALID_ARGUMENT, Unrecognized name: zz [at 1:8].'
    )
  })
})

describe('readFailure', () => {
  test('finds no row at fault in a read', () => {
    expect(readFailure(grpcError(9, 'whatever')).code).toBe('STORE_MISCONFIGURED')
    expect(readFailure(grpcError(14, 'down')).code).toBe('STORE_UNAVAILABLE')
  })
})

describe('schemaFailure', () => {
  test('says what Spanner says, because a schema holds no rows', () => {
    const failure = schemaFailure(grpcError(3, 'Error parsing Spanner DDL statement: CREATE TABEL'))
    expect(failure.code).toBe('STORE_MISCONFIGURED')
    expect(failure.message).toBe(
      'Spanner: INVALID_ARGUMENT, Error parsing Spanner DDL statement: CREATE TABEL.'
    )
    expect(schemaFailure(failure)).toBe(failure)
    expect(schemaFailure(grpcError(14, 'down')).code).toBe('STORE_UNAVAILABLE')
  })

  test('keeps the key to itself that a unique index would have twice', () => {
    const details = 'Found uniqueness violation on index i,  duplicate key: {String("secret")}'
    expect(schemaFailure(grpcError(9, details)).message).toBe(
      'Spanner: FAILED_PRECONDITION, Found uniqueness violation on index i.'
    )
  })
})

describe('isSessionLost', () => {
  test('is true of a lost session only', () => {
    expect(isSessionLost(grpcError(5, 'Session not found: s'))).toBe(true)
    expect(isSessionLost(grpcError(5, 'Table not found: s'))).toBe(false)
    expect(isSessionLost(new Error('Session not found'))).toBe(false)
  })
})
