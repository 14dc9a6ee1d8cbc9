import { setTimeout } from 'node:timers/promises'
import { Server, ServerCredentials } from '@grpc/grpc-js'
import type { Table } from '../../src/store/table.ts'
import { createCalls } from './calls.ts'
import { spannerService } from './spanner-service.ts'

/** Milliseconds until the answer to a commit, and to any other call. */
export interface Delays {
  readonly commitMs: number
  readonly readMs: number
}

export interface Model {
  /** `host:port` for SPANNER_EMULATOR_HOST. */
  readonly host: string
  /** Calls so far, by method. */
  readonly counts: Readonly<Record<string, number>>
  delays: Delays
  close(): void
}

/**
 * Serve a model of a Spanner database with these tables on a free port: sessions, reads by key,
 * commits of `insert_or_update`, and the questions about the schema that the service asks. It says
 * UNIMPLEMENTED to any other call.
 */
export async function serveModel(tables: readonly Table[], delays: Delays): Promise<Model> {
  const server = new Server({ 'grpc.max_receive_message_length': -1 })
  const counts: Record<string, number> = {}
  const model = { host: '', counts, delays, close: () => server.forceShutdown() }
  const calls = createCalls(tables, (method) => {
    counts[method] = (counts[method] ?? 0) + 1
    const { commitMs, readMs } = model.delays
    return setTimeout(method === 'Commit' ? commitMs : readMs)
  })
  server.addService(spannerService(), calls)
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound)
    )
  })
  return Object.assign(model, { host: `127.0.0.1:${port}` })
}
