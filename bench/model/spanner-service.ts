import { createRequire } from 'node:module'
import { loadPackageDefinition, type ServiceClientConstructor } from '@grpc/grpc-js'
import { fromJSON } from '@grpc/proto-loader'

/** The service as the client's own package defines it. */
const protos: Parameters<typeof fromJSON>[0] = createRequire(
  createRequire(import.meta.url).resolve('@google-cloud/spanner')
)('@google-cloud/spanner-api/build/protos/protos.json')

/** Load the definition of `google.spanner.v1.Spanner`. */
export function spannerService(): ServiceClientConstructor['service'] {
  const loaded = loadPackageDefinition(
    fromJSON(protos, { longs: String, enums: String, oneofs: true })
  )
  const found = ['google', 'spanner', 'v1', 'Spanner'].reduce<unknown>(
    (at, key) => Object(at)[key],
    loaded
  )
  // The package that the client loads has it.
  return (found as ServiceClientConstructor).service
}
