import { cloudEvent } from '@google-cloud/functions-framework'
import { getTestServer } from '@google-cloud/functions-framework/testing'
import { landInTransaction, openBareDatabase } from './bare-spanner.ts'
import { pushedEvent } from './pushed-event.ts'

/**
 * The function that one would write without Landfall: it lands each event in a transaction of its
 * own.
 */
const database = await openBareDatabase()

interface MessagePublished {
  readonly message: { readonly data: string }
}

cloudEvent<MessagePublished>('land', async ({ data }: { readonly data?: MessagePublished }) => {
  if (!data) throw new Error('an event without data')
  const { id, time, data: item } = pushedEvent(data.message.data)
  await landInTransaction(database, item, time, id)
})

getTestServer('land').listen(Number(process.env['PORT']), '127.0.0.1')
