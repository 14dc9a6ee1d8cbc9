/** A change to a file of a dependency on its way into the bundle. */
export interface Edit {
  /** The end of its path. */
  readonly file: string
  /** The text to replace; the build fails unless the file has it exactly once. */
  readonly find: RegExp
  readonly replace: string
}

const spanner = 'node_modules/@google-cloud/spanner/build/src'

/**
 * Code of dependencies that a bundle cannot run at its start, or that this service never needs.
 * Each edit depends on the pinned version; the tests that run against dist prove that the service
 * does not need it.
 */
export const edits: readonly Edit[] = [
  // Reads .proto files to make a stub of long-running operations, which is never called.
  {
    file: `${spanner}/index.js`,
    find: /protoServices: \{\s*Operations: \{[^{}]*\},\s*\},/,
    replace: 'protoServices: {},'
  },
  // Paths to .proto files, which are never used.
  {
    file: `${spanner}/common-grpc/service.js`,
    find: /require\.resolve\('google-gax'\)/,
    replace: '__filename'
  },
  {
    file: `${spanner}/protos.js`,
    find: /require\.resolve\('@google-cloud\/spanner-api\/package\.json'\)/,
    replace: '__filename'
  },
  // The client of Cloud Monitoring: 3 MB for metrics of the client's own, which connect.ts disables.
  {
    file: `${spanner}/metrics/spanner-metrics-exporter.js`,
    find: /require\("@google-cloud\/monitoring"\)/,
    replace: '{}'
  }
]

/** Apply the edits of a module. Pure. */
export function editModule(path: string, text: string): string {
  return edits
    .filter(({ file }) => path.endsWith(file))
    .reduce((edited, { find, replace }) => {
      const found = edited.split(find).length - 1
      if (found === 1) return edited.replace(find, replace)
      throw new Error(`${path}: has ${found} occurrences of ${find}, expected 1`)
    }, text)
}

interface ProtoFile {
  readonly nested?: Readonly<Record<string, ProtoFile>>
}

/** Namespaces and messages that the service `google.spanner.v1.Spanner` has in its calls. */
const needed = {
  google: ['spanner', 'protobuf', 'rpc'],
  spanner: ['v1'],
  protobuf: ['Any', 'Duration', 'Empty', 'ListValue', 'NullValue', 'Struct', 'Timestamp', 'Value']
} as const

/**
 * Remove the administration of databases from Spanner's protocol: the client makes a class of every
 * message when it starts, and the service only reads and writes rows. Pure.
 */
export function pruneJson(path: string, json: ProtoFile): ProtoFile {
  if (!path.endsWith('@google-cloud/spanner-api/build/protos/protos.json')) return json
  const google = keep(json.nested?.['google'], needed.google)
  const spanner = { nested: keep(google['spanner'], needed.spanner) }
  const protobuf = { nested: keep(google['protobuf'], needed.protobuf) }
  return { nested: { google: { nested: { ...google, spanner, protobuf } } } }
}

function keep(of: ProtoFile | undefined, names: readonly string[]): Record<string, ProtoFile> {
  return Object.fromEntries(
    names.map((name) => {
      const found = of?.nested?.[name]
      if (!found) throw new Error(`Spanner's protocol has no ${name} where it was`)
      return [name, found]
    })
  )
}
