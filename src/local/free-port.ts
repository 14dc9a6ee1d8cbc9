import { once } from 'node:events'
import { createServer } from 'node:net'

/** Find a port that nobody listens on: the wanted one, or any. */
export async function freePort(wanted = 0, address = '127.0.0.1'): Promise<number> {
  const server = createServer().listen(wanted, address)
  try {
    await once(server, 'listening')
  } catch (error) {
    if (wanted === 0) throw error
    return freePort(0, address)
  }
  const bound = server.address()
  server.close()
  await once(server, 'close')
  return typeof bound === 'object' && bound ? bound.port : 0
}
