import { type ApiKeyEntry, createApiKey, faultOfEntry, hashApiKey } from '../access/api-keys.ts'
import { type Command, parseOptions, usageError } from './command.ts'

const help = `landfall api-key create NAME: make an API key for reads with READ_AUTH=api-key.

  NAME                who gets the key: letters, digits, dot, dash, underscore
  --expires DATE      2027-01-01 or 2027-01-01T00:00:00Z; default: never
  --collections A,B   collections it may read; default: all
  --json              one object with \`key\` and \`entry\`

Prints the key, which is nowhere else and cannot be shown again, and on the next line the entry to
add to \`keys\` of the secret {"keys":[…]}, which has its SHA-256 only. The service sees a changed
secret within SECRET_TTL_MS. To take a key back, remove its entry.`

const usage =
  'usage: landfall api-key create NAME [--expires DATE] [--collections A,B] [--json]; see --help'

const options = {
  expires: { type: 'string' },
  collections: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' }
} as const

/** `landfall api-key create NAME`: print a new key and its line for the secret. Stores nothing. */
export const apiKey: Command = async (args, { print, printError }) => {
  const { values, positionals } = parseOptions(args, options, usage)
  if (values.help) {
    print(help)
    return 0
  }
  const [action, name, ...rest] = positionals
  if (action !== 'create' || !name || rest.length > 0) throw usageError(usage)
  const key = createApiKey()
  const entry = checked({
    name,
    sha256: hashApiKey(key).toString('hex'),
    ...(values.expires !== undefined && { expires: midnight(values.expires) }),
    ...(values.collections !== undefined && { collections: values.collections.split(',') })
  })
  if (values.json) {
    print(JSON.stringify({ key, entry }))
    return 0
  }
  print(key)
  print(JSON.stringify(entry))
  printError('The first line is the key, shown only now. Add the second to `keys` of the secret.')
  return 0
}

const midnight = (date: string) => (/^\d{4}-\d\d-\d\d$/.test(date) ? `${date}T00:00:00Z` : date)

/** What the service would refuse, or never accept, is not printed. */
function checked(entry: ApiKeyEntry): ApiKeyEntry {
  const fault = faultOfEntry(entry)
  if (fault) throw usageError(`${fault}; ${usage}`)
  if (entry.expires !== undefined && !(Date.parse(entry.expires) > Date.now())) {
    throw usageError(`expires is ${entry.expires}, which has passed`)
  }
  return entry
}
