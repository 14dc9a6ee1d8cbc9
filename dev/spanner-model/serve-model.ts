import { setTimeout } from 'node:timers/promises'
import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type UntypedServiceImplementation
} from '@grpc/grpc-js'
import { databaseCalls, instanceCalls } from './admin-calls.ts'
import { type Cluster, createCluster } from './cluster.ts'
import { runDdl } from './database.ts'
import type { Refusal } from './refusal.ts'
import { serviceOf } from './service-definitions.ts'
import { spannerCalls, streamingCalls } from './spanner-calls.ts'

/** Milliseconds until a commit is durable, and until the answer to any other call. */
export interface Delays {
  readonly commitMs: number
  readonly readMs: number
}

export interface ModelOptions {
  /** Databases that are there from the start: their full names, with the statements of their DDL. */
  readonly databases?: Readonly<Record<string, readonly string[]>>
  readonly delays?: Delays
}

export interface Model {
  /** `host:port` for SPANNER_EMULATOR_HOST. */
  readonly host: string
  /** Calls so far, by method. */
  readonly counts: Readonly<Record<string, number>>
  delays: Delays
  /** Called before each call is answered, with the name of its method: what it returns refuses it. */
  refuse: (method: string, request: unknown) => Refusal | undefined
  close(): void
}

/**
 * Serve a model of Spanner on a free port, in memory: sessions, multiplexed ones too, read-write
 * transactions by key with locks, blind writes, `insert_or_update` and `delete` of keys, reads by
 * key and by the entries of an index, single-table queries at a time, unique indexes, limits, DDL and
 * the views of INFORMATION_SCHEMA that the service queries.
 *
 * It answers UNIMPLEMENTED to what it doesn't know. It doesn't model DML, other mutations, key ranges,
 * joins, generated values, deletion by age, IAM, or time and load: only the delays that it is given.
 */
export async function serveModel(options: ModelOptions = {}): Promise<Model> {
  const cluster = createCluster()
  createDatabases(cluster, options.databases ?? {})
  const server = new Server({ 'grpc.max_receive_message_length': -1 })
  const counts: Record<string, number> = {}
  const model: Model = {
    host: '',
    counts,
    delays: options.delays ?? { commitMs: 0, readMs: 0 },
    refuse: () => undefined,
    close: () => server.forceShutdown()
  }
  const before = async (method: string, request: unknown) => {
    counts[method] = (counts[method] ?? 0) + 1
    if (method !== 'Commit') await pause(model.delays.readMs)
    const refused = model.refuse(method, request)
    if (refused) throw refused
  }
  const spanner = spannerCalls(cluster, () => pause(model.delays.commitMs))
  addCalls(server, {
    'google.spanner.v1.Spanner': {
      ...unary(spanner, before),
      ...streams(streamingCalls(cluster), before)
    },
    'google.spanner.admin.database.v1.DatabaseAdmin': unary(databaseCalls(cluster), before),
    'google.spanner.admin.instance.v1.InstanceAdmin': unary(instanceCalls(cluster), before)
  })
  return Object.assign(model, { host: `127.0.0.1:${await listen(server)}` })
}

function createDatabases(
  cluster: Cluster,
  databases: NonNullable<ModelOptions['databases']>
): void {
  for (const [name, statements] of Object.entries(databases)) {
    cluster.createInstance(name.replace(/\/databases\/.*/, ''))
    const failed = runDdl(cluster.createDatabase(name, 'GOOGLE_STANDARD_SQL'), statements)
    if (failed) throw failed
  }
}

function addCalls(
  server: Server,
  services: Readonly<Record<string, UntypedServiceImplementation>>
): void {
  for (const [name, calls] of Object.entries(services)) server.addService(serviceOf(name), calls)
}

const pause = async (ms: number) => (ms > 0 ? setTimeout(ms) : undefined)

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port)
    )
  })
}

/** Called with each call before it is answered; rejects with what refuses it. */
type Before = (method: string, request: unknown) => Promise<void>
type Calls = Readonly<Record<string, (request: never) => object>>

/** The service definition has decoded it as the message of its method. */
const decoded = (request: unknown) => request as never

function unary(calls: Calls, before: Before): UntypedServiceImplementation {
  return mapValues(calls, (method, answer): handleUnaryCall<unknown, object> => {
    return ({ request }, reply) => {
      const answered = before(method, request).then(() => answer(decoded(request)))
      answered.then((value) => reply(null, value), reply)
    }
  })
}

function streams(calls: Calls, before: Before): UntypedServiceImplementation {
  return mapValues(calls, (method, answer): handleServerStreamingCall<unknown, object> => {
    return (call) => {
      const answered = before(method, call.request).then(() => answer(decoded(call.request)))
      answered.then(
        (value) => {
          call.write(value)
          call.end()
        },
        (error: Error) => call.emit('error', error)
      )
    }
  })
}

function mapValues<Out>(calls: Calls, map: (method: string, call: Calls[string]) => Out) {
  return Object.fromEntries(Object.entries(calls).map(([name, call]) => [name, map(name, call)]))
}
