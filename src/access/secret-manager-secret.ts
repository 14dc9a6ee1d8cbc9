import type { protos, SecretManagerServiceClient } from '@google-cloud/secret-manager'
import { Failure } from '../failures.ts'
import { crc32c } from './crc32c.ts'
import type { Secret, SecretSource } from './secret-source.ts'

type Answer = protos.google.cloud.secretmanager.v1.IAccessSecretVersionResponse

const versionName =
  /^projects\/[^/\s]+\/(?:locations\/([a-z0-9-]+)\/)?secrets\/[\w-]+\/versions\/[\w-]+$/

/** The client itself would wait a minute for an answer and try again for ten. */
const callOptions = { timeout: 3000, retry: null }

/**
 * Read a secret from Secret Manager: `projects/P/secrets/S/versions/V`, or regional
 * `projects/P/locations/L/secrets/S/versions/V`; `latest` is the version created last. The client
 * is loaded here, and takes a quarter of a second.
 *
 * @param standIn `HOST:PORT` of what answers in place of Google, without TLS and credentials
 * @throws {Failure} SECRET_INVALID when the name is not that of a version
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
        // A call would do it too, but its failure would also end the process.
        await client.initialize()
        const [answer] = await client.accessSecretVersion({ name }, callOptions)
        return verified(name, answer)
      } catch (error) {
        throw refusal(name, error)
      }
    },
    async close() {
      // Where there are no credentials, closing fails as all else did.
      await client.close().catch(() => undefined)
    }
  }
}

function refusal(name: string, error: unknown): Failure {
  if (error instanceof Failure) return error
  const [reason] = String(error instanceof Error ? error.message : error).split('\n', 1)
  const message = `Secret Manager does not give ${name}: ${reason}`
  return new Failure('SECRET_INVALID', message, { cause: error })
}

async function openClient(options: object): Promise<SecretManagerServiceClient> {
  const { SecretManagerServiceClient } = await import('@google-cloud/secret-manager')
  return new SecretManagerServiceClient({
    'grpc.max_reconnect_backoff_ms': 1000,
    // Minutes pass between two calls; a new connection each time cannot have died unnoticed.
    'grpc.client_idle_timeout_ms': 1000,
    ...options
  })
}

/**
 * Say where a version is asked for: a regional secret at the endpoint of its location, which alone
 * knows it (https://cloud.google.com/secret-manager/regional-secrets/config-regional-secret); any
 * other at the client's default, undefined here. Pure.
 *
 * @throws {Failure} SECRET_INVALID when it is not the name of a version
 */
export function apiEndpointOf(name: string): string | undefined {
  const [found, location] = versionName.exec(name) ?? []
  if (found) return location && `secretmanager.${location}.rep.googleapis.com`
  const expected = 'projects/PROJECT/secrets/SECRET/versions/VERSION'
  throw new Failure('SECRET_INVALID', `${name} is not the name of a version: ${expected}`)
}

async function standInOptions(address: string) {
  const { credentials } = await import('@grpc/grpc-js')
  const [, apiEndpoint, port] = /^(.*):(\d+)$/.exec(address) ?? []
  return {
    apiEndpoint,
    port: Number(port),
    sslCreds: credentials.createInsecure(),
    // Said here, the client does not look for credentials to learn it.
    clientOptions: { universeDomain: 'googleapis.com' }
  }
}

/** Secret Manager stores a checksum with every version and sends it along. */
function verified(asked: string, { name, payload }: Answer): Secret {
  const version = name || asked
  const bytes = Buffer.from(payload?.data ?? '')
  if (String(payload?.dataCrc32c) !== String(crc32c(bytes))) {
    throw new Failure('SECRET_INVALID', `${version} did not arrive whole: its CRC32C differs`)
  }
  return { bytes, version }
}
