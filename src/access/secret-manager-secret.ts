import type { protos, SecretManagerServiceClient } from '@google-cloud/secret-manager'
import { Failure } from '../failures.ts'
import type { Secret, SecretSource } from './secret-source.ts'

type Response = protos.google.cloud.secretmanager.v1.IAccessSecretVersionResponse

const versionName =
  /^projects\/[^/\s]+\/(?:locations\/([a-z0-9-]+)\/)?secrets\/[\w-]+\/versions\/[\w-]+$/

/** By default the client waits a minute for a response and retries for ten. */
const callOptions = { timeout: 3000, retry: null }

/**
 * Read a secret from Secret Manager: `projects/P/secrets/S/versions/V`, or regional
 * `projects/P/locations/L/secrets/S/versions/V`; `latest` is the version created last. The client
 * is loaded here, and takes a quarter of a second.
 *
 * @param standIn `HOST:PORT` of a stand-in for Google, without TLS and credentials
 * @throws {Failure} SECRET_INVALID when it is not the name of a version
 */
export async function openSecretManagerSecret(
  name: string,
  standIn: string | undefined
): Promise<SecretSource> {
  const apiEndpoint = apiEndpointOf(name)
  const client = await openClient(standIn ? await standInOptions(standIn) : { apiEndpoint })
  return {
    async read() {
      try {
        // The call would initialize too, but then a failure would also end the process.
        await client.initialize()
        const [response] = await client.accessSecretVersion({ name }, callOptions)
        return verified(name, response)
      } catch (error) {
        throw refusal(name, error)
      }
    },
    async close() {
      // Without credentials closing fails too, as every call did.
      await client.close().catch(() => undefined)
    }
  }
}

function refusal(name: string, error: unknown): Failure {
  if (error instanceof Failure) return error
  const [reason] = String(error instanceof Error ? error.message : error).split('\n', 1)
  const message = `Secret Manager did not return ${name}: ${reason}`
  return new Failure('SECRET_INVALID', message, { cause: error })
}

async function openClient(options: object): Promise<SecretManagerServiceClient> {
  const { SecretManagerServiceClient } = await import('@google-cloud/secret-manager')
  return new SecretManagerServiceClient({
    'grpc.max_reconnect_backoff_ms': 1000,
    // Minutes pass between two calls; an idle connection may have died unnoticed.
    'grpc.client_idle_timeout_ms': 1000,
    ...options
  })
}

/**
 * Return the endpoint that has a version: for a regional secret only that of its location
 * (https://cloud.google.com/secret-manager/regional-secrets/config-regional-secret); for any other
 * the client's default, undefined here. Pure.
 *
 * @throws {Failure} SECRET_INVALID when it is not the name of a version
 */
export function apiEndpointOf(name: string): string | undefined {
  const [match, location] = versionName.exec(name) ?? []
  if (match) return location && `secretmanager.${location}.rep.googleapis.com`
  const expected = 'projects/PROJECT/secrets/SECRET/versions/VERSION'
  throw new Failure('SECRET_INVALID', `${name} is not the name of a version; expected ${expected}`)
}

async function standInOptions(address: string) {
  const { credentials } = await import('@grpc/grpc-js')
  const [, apiEndpoint, port] = /^(.*):(\d+)$/.exec(address) ?? []
  return {
    apiEndpoint,
    port: Number(port),
    sslCreds: credentials.createInsecure(),
    // Otherwise the client looks for credentials to find it out.
    clientOptions: { universeDomain: 'googleapis.com' }
  }
}

/** Secret Manager stores a checksum with every version and returns both. */
function verified(requested: string, { name, payload }: Response): Secret {
  const version = name || requested
  const bytes = Buffer.from(payload?.data ?? '')
  if (String(payload?.dataCrc32c) !== String(crc32c(bytes))) {
    throw new Failure('SECRET_INVALID', `${version} was damaged in transit: its CRC32C differs`)
  }
  return { bytes, version }
}

/**
 * Compute CRC32C, the Castagnoli checksum of Google Cloud (RFC 3720, appendix B.4). `crc32` of
 * `node:zlib` has another polynomial. Pure; the result is an unsigned 32-bit integer.
 */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0)
  }
  return ~crc >>> 0
}
