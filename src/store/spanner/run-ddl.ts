import type { protos } from '@google-cloud/spanner'
import type { Connection } from './connect.ts'

/** Seen often enough to be followed, also when an index takes hours to fill. */
const polling = {
  initialRetryDelayMillis: 100,
  retryDelayMultiplier: 1.3,
  maxRetryDelayMillis: 5000,
  totalTimeoutMillis: null
}

/**
 * Run statements as one batch, in their order, and wait until the last one is done. The batch is
 * one operation of the database: it goes on when this process ends. A statement that fails ends it,
 * and those before it stay (https://cloud.google.com/spanner/docs/schema-updates).
 *
 * @param onProgress told in one line, whenever it changes, how far the operation is
 * @throws what the client throws
 */
export async function runDdl(
  { client }: Pick<Connection, 'client'>,
  { database, statements }: { readonly database: string; readonly statements: readonly string[] },
  onProgress: (line: string) => void = () => undefined
): Promise<void> {
  const [operation] = await client
    .getDatabaseAdminClient()
    .updateDatabaseDdl({ database, statements: [...statements] }, { longrunning: polling })
  if (!operation.done) onProgress(`${operation.name} goes on if this command is stopped.`)
  let told = ''
  operation.on('progress', (metadata: DdlMetadata) => {
    const line = describeProgress(metadata, statements)
    if (line !== told) onProgress(line)
    told = line
  })
  await operation.promise()
}

type DdlMetadata = protos.google.spanner.admin.database.v1.IUpdateDatabaseDdlMetadata

/** Say how far an operation is: what is done, and the statement that runs. */
function describeProgress(metadata: DdlMetadata, statements: readonly string[]): string {
  const done = metadata.commitTimestamps?.length ?? 0
  const running = statements[done]?.split('\n', 1)[0]
  const percent = metadata.progress?.[done]?.progressPercent ?? 0
  const parts = [`${done} of ${statements.length} statements done`]
  if (running) parts.push(`${percent} % of ${running}`)
  if (metadata.throttled) parts.push('held back, the database is busy')
  return parts.join('; ')
}
