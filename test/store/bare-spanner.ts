import { Spanner } from '@google-cloud/spanner'
import { parseDatabaseName } from '../../src/store/spanner/connect.ts'

/** Read a database and change it as an operator would. */
export function bareSpanner(name: string) {
  const { project, instance, database } = parseDatabaseName(name)
  const client = new Spanner({
    projectId: project,
    disableBuiltInMetrics: true,
    clientOptions: { universeDomain: 'googleapis.com' }
  })
  const opened = client.instance(instance).database(database)
  return {
    async ddl(...statements: string[]) {
      const [operation] = await client
        .getDatabaseAdminClient()
        .updateDatabaseDdl({ database: name, statements })
      await operation.promise()
    },
    /** The whole schema, as Spanner prints it. */
    async schema() {
      const [statements] = await opened.getSchema()
      return statements.join('\n')
    },
    async close() {
      await opened.close()
      await client.close()
    }
  }
}
