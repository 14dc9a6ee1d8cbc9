import { type ApiKeyEntry, createApiKey, faultOfEntry, hashApiKey } from '../access/api-keys.ts'
import { command, UsageError } from './command.ts'
import { flag, optional, required, text } from './parameters.ts'

/** `landfall api-key create NAME`: print a new key and its entry for the secret. Stores nothing. */
export const createKey = command({
  args: {
    name: required('name', 'who gets the key: letters, digits, dot, dash, underscore', text)
  },
  options: {
    expires: optional('date', '2027-01-01 or 2027-01-01T00:00:00Z (default: never)', text),
    collections: optional('a,b', 'collections it may read (default: all)', text),
    json: flag('print one object with `key` and `entry`')
  },
  details: `
Prints the key, which is stored nowhere and cannot be shown again, and on the next line the entry
to add to \`keys\` of the secret {"keys":[…]}, which has its SHA-256 only. The service reads a changed
secret within SECRET_TTL_MS. To revoke a key, remove its entry.
Exit codes: 0 done, 2 usage error.`,
  async run({ name, expires, collections, json }, { print, printError }) {
    const key = createApiKey()
    const entry = checked({
      name,
      sha256: hashApiKey(key).toString('hex'),
      ...(expires !== undefined && { expires: midnight(expires) }),
      ...(collections !== undefined && { collections: collections.split(',') })
    })
    if (json) {
      print(JSON.stringify({ key, entry }))
      return 0
    }
    print(key)
    print(JSON.stringify(entry))
    printError('The first line is the key, shown only now. Add the second to `keys` of the secret.')
    return 0
  }
})

const midnight = (date: string) => (/^\d{4}-\d\d-\d\d$/.test(date) ? `${date}T00:00:00Z` : date)

/** What the service would refuse, or never accept, is not printed. */
function checked(entry: ApiKeyEntry): ApiKeyEntry {
  const fault = faultOfEntry(entry)
  if (fault) throw new UsageError(fault)
  if (entry.expires !== undefined && !(Date.parse(entry.expires) > Date.now())) {
    throw new UsageError(`expires is ${entry.expires}, which has passed`)
  }
  return entry
}
