import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { Failure } from '../failures.ts'

/** An entry of the secret: describes an API key, without the key. */
export interface ApiKeyEntry {
  /** The holder of the key, for people. */
  readonly name: string
  /** SHA-256 of the key as it is sent, in hex. */
  readonly sha256: string
  /** RFC 3339; absent means never. */
  readonly expires?: string
  /** Names of the collections that may be read; absent means all. */
  readonly collections?: readonly string[]
}

export interface ApiKey {
  readonly name: string
  readonly digest: Buffer
  /** Milliseconds since 1970, or Infinity. */
  readonly expiresAt: number
  readonly collections: ReadonlySet<string> | undefined
}

const entrySchema = {
  type: 'object',
  required: ['name', 'sha256'],
  properties: {
    name: { type: 'string', pattern: '^[\\w.-]{1,64}$' },
    sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' },
    expires: { type: 'string', format: 'date-time' },
    collections: { type: 'array', minItems: 1, items: { type: 'string', pattern: '^[a-z0-9_]+$' } }
  },
  additionalProperties: false
}

// Checking these schemas against the meta-schema of JSON Schema would take most of a start.
const ajv = new Ajv2020({ meta: false, validateSchema: false })
addFormats.default(ajv)
const isSecret = ajv.compile<{ readonly keys: readonly ApiKeyEntry[] }>({
  type: 'object',
  required: ['keys'],
  properties: { keys: { type: 'array', items: entrySchema } },
  additionalProperties: false
})

const isEntry = ajv.compile<ApiKeyEntry>(entrySchema)

/** Return what is wrong with an entry; undefined when it is valid. Pure. */
export function faultOfEntry(entry: ApiKeyEntry): string | undefined {
  if (isEntry(entry)) return undefined
  const [error] = isEntry.errors ?? []
  return `${error?.instancePath.slice(1)} ${error?.message}`
}

/**
 * Parse the secret `{"keys": […]}`. Pure.
 *
 * @throws {Failure} SECRET_INVALID: names the place of the fault, never the value
 */
export function parseApiKeys(bytes: Buffer): readonly ApiKey[] {
  const secret = parseJson(bytes)
  if (!isSecret(secret)) {
    const [error] = isSecret.errors ?? []
    throw invalid(`${error?.instancePath || 'it'} ${error?.message}`)
  }
  for (const member of ['name', 'sha256'] as const) {
    const values = new Set(secret.keys.map((entry) => entry[member]))
    if (values.size < secret.keys.length) throw invalid(`two keys have the same ${member}`)
  }
  return secret.keys.map(toApiKey)
}

function toApiKey({ name, sha256, expires, collections }: ApiKeyEntry): ApiKey {
  return {
    name,
    digest: Buffer.from(sha256, 'hex'),
    expiresAt: expires === undefined ? Number.POSITIVE_INFINITY : Date.parse(expires),
    collections: collections && new Set(collections)
  }
}

/** The parser's own message would quote the secret. */
function parseJson(bytes: Buffer): unknown {
  try {
    // Editors and shells of Windows begin a file with a byte order mark.
    return JSON.parse(bytes.toString().replace(/^\uFEFF/, ''))
  } catch {
    throw invalid('it is not JSON')
  }
}

const invalid = (fault: string) =>
  new Failure('SECRET_INVALID', `the secret with the API keys is invalid: ${fault}`)

const keyPattern = /^lf_[\w-]{43}$/

/** Create a key of 256 random bits: `lf_` and 43 characters of base64url. */
export function createApiKey(): string {
  return `lf_${randomBytes(32).toString('base64url')}`
}

/** SHA-256 is fast, and enough: 2^256 keys cannot be tried, so a slow hash would protect nothing. */
export function hashApiKey(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}

/** Find the key that was sent, in a time that does not depend on how much of it matches. */
export function findApiKey<K extends ApiKey>(keys: readonly K[], sent: string): K | undefined {
  if (!keyPattern.test(sent)) return undefined
  const digest = hashApiKey(sent)
  let match: K | undefined
  for (const key of keys) {
    if (timingSafeEqual(key.digest, digest)) match = key
  }
  return match
}
