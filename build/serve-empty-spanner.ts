import { createRequire } from 'node:module'
import {
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type ServerWritableStream,
  type ServiceClientConstructor,
  type sendUnaryData,
  type UntypedServiceImplementation
} from '@grpc/grpc-js'
import { fromJSON } from '@grpc/proto-loader'

const protos = createRequire(import.meta.url)('@google-cloud/spanner-api/build/protos/protos.json')

const id = Buffer.from('transaction')

/** What each call is answered with: a query or a read finds nothing, a commit succeeds. */
const calls: UntypedServiceImplementation = {
  CreateSession: unary({ name: 'session' }),
  BatchCreateSessions: unary({ session: Array.from({ length: 4 }, (_, n) => ({ name: `${n}` })) }),
  DeleteSession: unary({}),
  BeginTransaction: unary({ id }),
  ExecuteStreamingSql: stream({ metadata: { rowType: { fields: [] }, transaction: { id } } }),
  StreamingRead: stream({ metadata: { rowType: { fields: [] }, transaction: { id } } }),
  Commit: unary({ commitTimestamp: { seconds: 1 } }),
  Rollback: unary({})
}

function unary(answer: object) {
  return (_call: unknown, reply: sendUnaryData<object>) => reply(null, answer)
}

function stream(answer: object) {
  return (call: ServerWritableStream<unknown, object>) => {
    call.write(answer)
    call.end()
  }
}

/** Answer as an empty Spanner would, on a free port. Returns its `host:port`. */
export async function serveEmptySpanner(): Promise<string> {
  const loaded = loadPackageDefinition(fromJSON(protos))
  const found = ['google', 'spanner', 'v1', 'Spanner'].reduce<unknown>(
    (at, key) => Object(at)[key],
    loaded
  )
  const server = new Server()
  server.addService((found as ServiceClientConstructor).service, calls)
  const credentials = ServerCredentials.createInsecure()
  return new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', credentials, (error, port) =>
      error ? reject(error) : resolve(`127.0.0.1:${port}`)
    )
  })
}
