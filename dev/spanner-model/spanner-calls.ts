import type { Cluster } from './cluster.ts'
import { begin, commit, rollback } from './commits.ts'
import type {
  BeginRequest,
  CommitRequest,
  QueryRequest,
  ReadRequest,
  RollbackRequest
} from './protocol.ts'
import { query, read } from './reads.ts'

interface CreateSession {
  readonly database: string
  readonly session?: { readonly multiplexed?: boolean } | null
}

interface BatchCreateSessions {
  readonly database: string
  readonly sessionCount?: number
}

/** Milliseconds pass until a commit is durable. */
type Durable = () => Promise<unknown>

/** The unary calls of `google.spanner.v1.Spanner` that the client makes. */
export function spannerCalls(cluster: Cluster, durable: Durable) {
  return {
    CreateSession: ({ database, session }: CreateSession) =>
      cluster.openSession(database, session?.multiplexed ?? false),
    BatchCreateSessions: ({ database, sessionCount = 1 }: BatchCreateSessions) => ({
      session: Array.from({ length: sessionCount }, () => cluster.openSession(database, false))
    }),
    GetSession: ({ name }: { readonly name: string }) => ({
      name: cluster.find(name).session.name
    }),
    ListSessions: ({ database }: { readonly database: string }) => ({
      sessions: cluster.sessions(database)
    }),
    /** Also of a multiplexed one, which Spanner refuses: it is how a test loses a session. */
    DeleteSession({ name }: { readonly name: string }) {
      cluster.closeSession(name)
      return {}
    },
    BeginTransaction(request: BeginRequest) {
      const { database, session } = cluster.find(request.session)
      return begin(database, request, session)
    },
    Commit(request: CommitRequest) {
      const { database, session } = cluster.find(request.session)
      return commit(database, request, session, durable)
    },
    Rollback: (request: RollbackRequest) =>
      rollback(cluster.find(request.session).database, request)
  }
}

/** The calls whose answer is a stream, of which the model sends one message. */
export function streamingCalls(cluster: Cluster) {
  return {
    StreamingRead(request: ReadRequest) {
      const { database, session } = cluster.find(request.session)
      return read(database, request, session)
    },
    ExecuteStreamingSql: (request: QueryRequest) =>
      query(cluster.find(request.session).database, request)
  }
}
