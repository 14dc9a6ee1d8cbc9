import type {
  handleServerStreamingCall,
  handleUnaryCall,
  UntypedServiceImplementation
} from '@grpc/grpc-js'
import type { Table } from '../../src/store/table.ts'
import { createDatabase } from './database.ts'

/** Count a call of this method, and wait as long as its answer takes. */
export type Wait = (method: string) => Promise<unknown>

type Database = ReturnType<typeof createDatabase>
type Read = Parameters<Database['read']>[0]
type Commit = Parameters<Database['commit']>[0]
type Begin = { readonly options?: Parameters<Database['begin']>[0] }
type Sessions = {
  readonly database: string
  readonly session?: { readonly multiplexed?: boolean }
  readonly sessionCount?: number
}

/** Answer the calls of the service `google.spanner.v1.Spanner` that the client makes. */
export function createCalls(tables: readonly Table[], wait: Wait): UntypedServiceImplementation {
  const database = createDatabase(tables)
  let sessions = 0
  const session = (parent: string) => ({ name: `${parent}/sessions/${++sessions}` })

  return {
    CreateSession: unary('CreateSession', wait, (request: Sessions) => ({
      ...request.session,
      ...session(request.database)
    })),
    BatchCreateSessions: unary('BatchCreateSessions', wait, (request: Sessions) => ({
      session: Array.from({ length: request.sessionCount ?? 1 }, () => session(request.database))
    })),
    DeleteSession: unary('DeleteSession', wait, () => ({})),
    BeginTransaction: unary('BeginTransaction', wait, ({ options = {} }: Begin) =>
      database.begin(options)
    ),
    StreamingRead: stream('StreamingRead', wait, (request: Read) => database.read(request)),
    ExecuteStreamingSql: stream('ExecuteStreamingSql', wait, ({ sql }: { readonly sql: string }) =>
      database.query(sql)
    ),
    Commit: unary('Commit', wait, (request: Commit) => database.commit(request)),
    Rollback: unary('Rollback', wait, ({ transactionId }: Commit) => {
      database.end(transactionId)
      return {}
    })
  }
}

function unary<Request>(
  method: string,
  wait: Wait,
  answer: (request: Request) => object
): handleUnaryCall<Request, object> {
  return ({ request }, reply) => {
    const answered = wait(method).then(() => answer(request))
    answered.then((value) => reply(null, value), reply)
  }
}

function stream<Request>(
  method: string,
  wait: Wait,
  answer: (request: Request) => object
): handleServerStreamingCall<Request, object> {
  return (call) => {
    const answered = wait(method).then(() => answer(call.request))
    answered.then(
      (value) => {
        call.write(value)
        call.end()
      },
      (error: Error) => call.emit('error', error)
    )
  }
}
