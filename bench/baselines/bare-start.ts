import { fastify } from 'fastify'
import { openBareDatabase } from './bare-spanner.ts'

/** A Fastify server with a Spanner client that has sent its first query, and nothing else. */
async function start(): Promise<void> {
  const database = await openBareDatabase()
  const app = fastify()
  app.get('/health/ready', async () => {
    await database.run('SELECT 1')
    return { status: 'ready' }
  })
  await app.listen({ port: Number(process.env['PORT']), host: '127.0.0.1' })
}

void start()
