import { Spanner } from '@google-cloud/spanner'
import { parseDatabaseName } from '../../src/store/spanner/connect.ts'

/** An item as its event carries it. */
export interface Item {
  readonly id: string
  readonly value: string
  readonly price?: string
}

/**
 * Open the database of SPANNER_DATABASE with the defaults of the client, and send it a first query.
 */
export async function openBareDatabase() {
  const {
    project,
    instance,
    database: name
  } = parseDatabaseName(process.env['SPANNER_DATABASE'] ?? '')
  const client = new Spanner({
    projectId: project,
    disableBuiltInMetrics: true,
    // The model takes no credentials; this keeps the client from looking for any.
    clientOptions: { universeDomain: 'googleapis.com' }
  })
  const database = client.instance(instance).database(name)
  await database.run('SELECT 1')
  return database
}

type Database = Awaited<ReturnType<typeof openBareDatabase>>

/** Land one event as the client's documentation does: read the row, write it when the event is newer. */
export async function landInTransaction(
  database: Database,
  { id, value, price }: Item,
  version: string,
  eventKey: string
): Promise<void> {
  await database.runTransactionAsync(async (transaction) => {
    const [rows] = await transaction.read('items', {
      keys: [id],
      columns: ['event_version', 'event_key'],
      json: true
    })
    const [row] = rows as readonly { readonly event_version?: Date }[]
    if (row?.event_version && row.event_version >= new Date(version)) {
      await transaction.rollback()
      return
    }
    transaction.upsert('items', {
      id,
      value,
      price: price === undefined ? null : Spanner.numeric(price),
      event_version: version,
      event_key: eventKey,
      committed_at: Spanner.COMMIT_TIMESTAMP,
      deleted_at: null
    })
    await transaction.commit()
  })
}
