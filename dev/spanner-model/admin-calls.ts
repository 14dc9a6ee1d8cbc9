import type { Cluster } from './cluster.ts'
import { type Dialect, runDdl } from './database.ts'
import { printSchema } from './print-schema.ts'
import type { Refusal } from './refusal.ts'

interface CreateDatabase {
  readonly parent: string
  /** CREATE DATABASE, with the name between backticks or, in PostgreSQL, quotes. */
  readonly createStatement: string
  readonly extraStatements?: readonly string[]
  readonly databaseDialect?: string
}

interface UpdateDatabaseDdl {
  readonly database: string
  readonly statements: readonly string[]
}

interface CreateInstance {
  readonly parent: string
  readonly instanceId: string
}

/** The calls of `google.spanner.admin.instance.v1.InstanceAdmin` that tests make. */
export function instanceCalls(cluster: Cluster) {
  return {
    CreateInstance({ parent, instanceId }: CreateInstance) {
      const name = `${parent}/instances/${instanceId}`
      cluster.createInstance(name)
      return operation(name, 'google.spanner.admin.instance.v1.Instance')
    }
  }
}

/** The calls of `google.spanner.admin.database.v1.DatabaseAdmin` that the client and tests make. */
export function databaseCalls(cluster: Cluster) {
  return {
    CreateDatabase(request: CreateDatabase) {
      const { parent, createStatement, extraStatements = [], databaseDialect } = request
      const [, id] = /[`"]?([\w-]+)[`"]?$/.exec(createStatement) ?? []
      const name = `${parent}/databases/${id}`
      const dialect: Dialect =
        databaseDialect === 'POSTGRESQL' ? 'POSTGRESQL' : 'GOOGLE_STANDARD_SQL'
      const failed = runDdl(cluster.createDatabase(name, dialect), extraStatements)
      return operation(name, 'google.spanner.admin.database.v1.Database', failed)
    },
    UpdateDatabaseDdl({ database, statements }: UpdateDatabaseDdl) {
      const failed = runDdl(cluster.database(database), statements)
      return operation(database, 'google.protobuf.Empty', failed)
    },
    GetDatabaseDdl: ({ database }: { readonly database: string }) => ({
      statements: printSchema(cluster.database(database).schema)
    }),
    DropDatabase({ database }: { readonly database: string }) {
      cluster.dropDatabase(database)
      return {}
    }
  }
}

let operations = 0

/** A `google.longrunning.Operation` that is over at once, without metadata. */
function operation(name: string, responseType: string, failed?: Refusal) {
  operations += 1
  const any = (type: string) => ({
    type_url: `type.googleapis.com/${type}`,
    value: Buffer.alloc(0)
  })
  return {
    name: `${name}/operations/${operations}`,
    done: true,
    ...(failed
      ? { error: { code: failed.code, message: failed.details } }
      : { response: any(responseType) })
  }
}
