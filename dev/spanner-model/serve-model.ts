import { setTimeout } from 'node:timers/promises'
import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type UntypedServiceImplementation
} from '@grpc/grpc-js'
import { databaseCalls, instanceCalls } from './admin-calls.ts'
import { createCluster } from './cluster.ts'
import type { Refusal } from './refusal.ts'
import { serviceDefinitions } from './service-definitions.ts'
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
 * transactions by key with locks, blind writes of `insert_or_update`, reads and single-table queries
 * at a time, unique indexes, limits, DDL and the views of INFORMATION_SCHEMA that the service queries.
 *
 * It answers UNIMPLEMENTED to what it doesn't know. It doesn't model DML, other mutations, key ranges,
 * joins, generated values, deletion by age, IAM, or time and load: only the delays that it is given.
 */
export async function serveModel(options: ModelOptions = {}): Promise<Model> {
  const cluster = createCluster()
  for (const [name, statements] of Object.entries(options.databases ?? {})) {
    cluster.createInstance(name.replace(/\/databases\/.*/, ''))
    const failed = cluster.createDatabase(name).change(statements)
    if (failed) throw failed
  }
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
  const [spanner, databases, instances] = serviceDefinitions(
    'google.spanner.v1.Spanner',
    'google.spanner.admin.database.v1.DatabaseAdmin',
    'google.spanner.admin.instance.v1.InstanceAdmin'
  )
  const durable = () => pause(model.delays.commitMs)
  if (spanner && databases && instances) {
    const calls = unary(spannerCalls(cluster, durable), before)
    server.addService(spanner, { ...calls, ...streams(streamingCalls(cluster), before) })
    server.addService(databases, unary(databaseCalls(cluster), before))
    server.addService(instances, unary(instanceCalls(cluster), before))
  }
  return Object.assign(model, { host: `127.0.0.1:${await listen(server)}` })
}

const pause = async (ms: number) => (ms > 0 ? setTimeout(ms) : undefined)

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port)
    )
  })
}

type Before = (method: string, request: unknown) => Promise<void>
// Each call takes the message of its own method, as the service definition decodes it.
type Calls = Readonly<Record<string, (request: never) => object>>

function unary(calls: Calls, before: Before): UntypedServiceImplementation {
  const handlers = Object.entries(calls).map(([method, answer]) => {
    const handle: handleUnaryCall<never, object> = ({ request }, reply) => {
      const answered = before(method, request).then(() => answer(request))
      answered.then((value) => reply(null, value), reply)
    }
    return [method, handle] as const
  })
  return Object.fromEntries(handlers)
}

function streams(calls: Calls, before: Before): UntypedServiceImplementation {
  const handlers = Object.entries(calls).map(([method, answer]) => {
    const handle: handleServerStreamingCall<never, object> = (call) => {
      const answered = before(method, call.request).then(() => answer(call.request))
      answered.then(
        (value) => {
          call.write(value)
          call.end()
        },
        (error: Error) => call.emit('error', error)
      )
    }
    return [method, handle] as const
  })
  return Object.fromEntries(handlers)
}
