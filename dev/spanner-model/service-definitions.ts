import { createRequire } from 'node:module'
import { loadPackageDefinition, type ServiceClientConstructor } from '@grpc/grpc-js'
import { fromJSON } from '@grpc/proto-loader'

/** The services as the client's own package defines them. */
const protos: Parameters<typeof fromJSON>[0] = createRequire(
  createRequire(import.meta.url).resolve('@google-cloud/spanner')
)('@google-cloud/spanner-api/build/protos/protos.json')

const loaded = loadPackageDefinition(
  fromJSON(protos, { longs: String, enums: String, oneofs: true })
)

/** Look up the definition of a service by its full name. */
export function serviceOf(name: string): ServiceClientConstructor['service'] {
  const found = name.split('.').reduce<unknown>((at, key) => Object(at)[key], loaded)
  // The package that the client loads has it.
  return (found as ServiceClientConstructor).service
}
