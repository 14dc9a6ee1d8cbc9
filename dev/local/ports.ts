import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { Complaint } from '../../src/failures.ts'

/** Report whether `host:port` accepts connections. */
export function listens(host: string): Promise<boolean> {
  const at = host.lastIndexOf(':')
  return new Promise((resolve) => {
    const socket = connect(Number(host.slice(at + 1)), host.slice(0, at))
    const answer = (accepted: boolean) => () => {
      socket.destroy()
      resolve(accepted)
    }
    socket.once('connect', answer(true)).once('error', answer(false))
  })
}

/**
 * Check that the address in a variable accepts connections: Google's clients would try for a minute
 * before they fail.
 *
 * @throws {Complaint} that names the variable
 */
export async function mustListen(host: string, variable: string): Promise<void> {
  if (!(await listens(host))) throw new Complaint(`Nothing listens at ${variable}=${host}`)
}

/** Find a free port: the wanted one, or any. */
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
