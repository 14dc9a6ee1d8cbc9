import { protos, Spanner } from '@google-cloud/spanner'
import { Server, ServerCredentials, type UntypedHandleCall } from '@grpc/grpc-js'
import { expect, onTestFinished, test, vi } from 'vitest'
import { runDdl } from '../../src/store/spanner/apply.ts'

const { longrunning, spanner } = protos.google
const { UpdateDatabaseDdlMetadata, UpdateDatabaseDdlRequest } = spanner.admin.database.v1

const database = 'projects/p/instances/i/databases/d'
const name = `${database}/operations/o`
const statements = ['CREATE TABLE t (\n  id INT64,\n) PRIMARY KEY (id)', 'CREATE INDEX i ON t (id)']

/** One moment in the life of an operation. */
interface Moment {
  readonly done?: number
  readonly percent?: readonly number[]
  readonly throttled?: boolean
  readonly ended?: true
  readonly failed?: string
}

function operationAt({ done = 0, percent = [], throttled = false, ended, failed }: Moment) {
  const metadata = UpdateDatabaseDdlMetadata.encode({
    database,
    statements,
    throttled,
    commitTimestamps: Array.from({ length: done }, (_, index) => ({ seconds: index + 1 })),
    progress: percent.map((progressPercent) => ({ progressPercent }))
  }).finish()
  return {
    name,
    done: ended ?? false,
    metadata: { type_url: 'type.googleapis.com/metadata', value: metadata },
    ...(ended &&
      !failed && { response: { type_url: 'type.googleapis.com/google.protobuf.Empty' } }),
    ...(failed && { error: { code: 9, message: failed } })
  }
}

/** The two methods of Spanner that a change of the schema calls, with an operation that takes time. */
async function slowSpanner(life: readonly Moment[]) {
  const requests: unknown[] = []
  let moment = 0
  const method = (path: string, decode: (bytes: Buffer) => unknown) => ({
    path,
    requestStream: false,
    responseStream: false,
    requestSerialize: () => Buffer.alloc(0),
    requestDeserialize: decode,
    responseSerialize: (operation: object) =>
      Buffer.from(longrunning.Operation.encode(operation).finish()),
    responseDeserialize: () => undefined
  })
  const next: UntypedHandleCall = (
    { request }: { request: unknown },
    answer: (error: null, operation: object) => void
  ) => {
    requests.push(request)
    answer(null, operationAt(life[moment] ?? {}))
    moment += 1
  }
  const server = new Server()
  server.addService(
    {
      update: method('/google.spanner.admin.database.v1.DatabaseAdmin/UpdateDatabaseDdl', (bytes) =>
        UpdateDatabaseDdlRequest.decode(bytes)
      ),
      get: method('/google.longrunning.Operations/GetOperation', (bytes) =>
        longrunning.GetOperationRequest.decode(bytes)
      )
    },
    { update: next, get: next }
  )
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound)
    )
  )
  vi.stubEnv('SPANNER_EMULATOR_HOST', `127.0.0.1:${port}`)
  const client = new Spanner({
    projectId: 'p',
    disableBuiltInMetrics: true,
    clientOptions: { universeDomain: 'googleapis.com' }
  })
  onTestFinished(async () => {
    await client.close()
    server.forceShutdown()
    vi.unstubAllEnvs()
  })
  return { client, requests }
}

async function follow(life: readonly Moment[]) {
  const { client, requests } = await slowSpanner(life)
  const lines: string[] = []
  const ran = runDdl({ client }, { database, statements }, (line) => lines.push(line))
  return { ran, lines, requests }
}

test('all statements are one request, and its operation is followed to the end', async () => {
  const { ran, lines, requests } = await follow([
    {},
    { percent: [40, 0] },
    { percent: [40, 0], throttled: true },
    { done: 1, percent: [100, 7] },
    { done: 1, percent: [100, 93] },
    { done: 2, percent: [100, 100], ended: true }
  ])
  await ran
  expect(lines).toEqual([
    `${name} goes on if this command is stopped.`,
    '0 of 2 statements done; 40 % of CREATE TABLE t (',
    '0 of 2 statements done; 40 % of CREATE TABLE t (; throttled, because the database is busy',
    '1 of 2 statements done; 7 % of CREATE INDEX i ON t (id)',
    '1 of 2 statements done; 93 % of CREATE INDEX i ON t (id)'
  ])
  expect(requests[0]).toMatchObject({ database, statements })
  expect(requests.slice(1)).toEqual(Array(5).fill(expect.objectContaining({ name })))
})

test('an operation that is done at once has no progress', async () => {
  const { ran, lines } = await follow([{ done: 2, ended: true }])
  await ran
  expect(lines).toEqual([])
})

test('an operation that fails later fails with what Spanner says', async () => {
  const { ran } = await follow([
    {},
    { done: 1, percent: [100, 3] },
    { done: 1, ended: true, failed: 'Found uniqueness violation on index i' }
  ])
  await expect(ran).rejects.toMatchObject({
    code: 9,
    message: expect.stringContaining('Found uniqueness violation on index i')
  })
})
