import { createRequire } from 'node:module'
import {
  type handleUnaryCall,
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type ServiceClientConstructor,
  status
} from '@grpc/grpc-js'
import { fromJSON } from '@grpc/proto-loader'
import { onTestFinished } from 'vitest'

/** What to do with a call instead of answering it. */
type Fault =
  | { readonly kind: 'fail'; readonly code: status; readonly message: string }
  | { readonly kind: 'wrong checksum' }
  | { readonly kind: 'no checksum' }
  | { readonly kind: 'hang' }

export interface SecretManagerServer {
  /** `host:port` for SECRET_MANAGER_EMULATOR_HOST. */
  readonly host: string
  /** Names requested, in order. */
  readonly requests: readonly string[]
  /** Milliseconds that the last call was given. */
  timeoutMs: number | undefined
  fault: Fault | undefined
  /** Add a version to the secret and make it the latest; returns its resolved name. */
  addVersion(payload: string | Buffer): string
  /** End like a killed process: connections break, the port is closed. */
  kill(): void
  /** Listen again, on the same port. */
  restart(): Promise<void>
}

/** The one secret of the server, with and without a location. */
export const secret = 'projects/p/secrets/api-keys'

const protos = createRequire(import.meta.url)(
  '@google-cloud/secret-manager/build/protos/protos.json'
)

// The checksum is computed by another program than the one under test.
const { crc32c } = createCastagnoli()

/** Serve the real service definition of Secret Manager on a free port, for one test. */
export async function startSecretManager(): Promise<SecretManagerServer> {
  const versions: Buffer[] = []
  const requests: string[] = []
  let port = 0
  let server = new Server()
  const self: SecretManagerServer = {
    host: '',
    requests,
    timeoutMs: undefined,
    fault: undefined,
    addVersion: (payload) => `${secret}/versions/${versions.push(Buffer.from(payload))}`,
    kill: () => server.forceShutdown(),
    restart: listen
  }

  const access: handleUnaryCall<{ name: string }, unknown> = (call, reply) => {
    const { name } = call.request
    requests.push(name)
    self.timeoutMs = Number(call.getDeadline()) - Date.now()
    const [base, version] = name.split('/versions/')
    const number = version === 'latest' ? versions.length : Number(version)
    const data = versions[number - 1]
    const { fault } = self
    if (fault?.kind === 'hang') return
    if (fault?.kind === 'fail') return reply({ code: fault.code, details: fault.message })
    if (!data) return reply({ code: status.NOT_FOUND, details: `Secret [${name}] not found` })
    const sum = crc32c(data) + (fault?.kind === 'wrong checksum' ? 1 : 0)
    const dataCrc32c = fault?.kind === 'no checksum' ? undefined : String(sum)
    reply(null, { name: `${base}/versions/${number}`, payload: { data, dataCrc32c } })
  }

  async function listen(): Promise<void> {
    server = new Server()
    server.addService(serviceDefinition(), { accessSecretVersion: access })
    port = await new Promise<number>((resolve, reject) => {
      server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound)
      )
    })
  }

  await listen()
  onTestFinished(() => server.forceShutdown())
  return Object.assign(self, { host: `127.0.0.1:${port}` })
}

function serviceDefinition() {
  const name = 'google.cloud.secretmanager.v1.SecretManagerService'
  const loaded = loadPackageDefinition(fromJSON(protos))
  const found = name.split('.').reduce<unknown>((at, key) => Object(at)[key], loaded)
  return (found as ServiceClientConstructor).service
}

/** Table-driven, unlike the code under test. */
function createCastagnoli() {
  const table = Array.from({ length: 256 }, (_each, n) => {
    let crc = BigInt(n)
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ 0x82f63b78n : crc >> 1n
    return crc
  })
  return {
    crc32c(bytes: Buffer): number {
      let crc = 0xffffffffn
      for (const byte of bytes)
        crc = (table[Number((crc ^ BigInt(byte)) & 255n)] ?? 0n) ^ (crc >> 8n)
      return Number(crc ^ 0xffffffffn)
    }
  }
}
