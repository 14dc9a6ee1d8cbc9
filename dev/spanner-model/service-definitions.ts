import { createRequire } from 'node:module'
import { loadPackageDefinition, type ServiceClientConstructor } from '@grpc/grpc-js'
import { fromJSON } from '@grpc/proto-loader'

/** The services as the client's own package defines them. */
const protos: Parameters<typeof fromJSON>[0] = createRequire(
  createRequire(import.meta.url).resolve('@google-cloud/spanner')
)('@google-cloud/spanner-api/build/protos/protos.json')

/** Load the definitions of services by their full names. */
export function serviceDefinitions(
  ...names: readonly string[]
): readonly ServiceClientConstructor['service'][] {
  const loaded = loadPackageDefinition(
    fromJSON(protos, { longs: String, enums: String, oneofs: true })
  )
  return names.map((name) => {
    const found = name.split('.').reduce<unknown>((at, key) => Object(at)[key], loaded)
    // The package that the client loads has it.
    return (found as ServiceClientConstructor).service
  })
}
