import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { localError } from './local-error.ts'

/** Find out whether somebody accepts connections at `host:port`. */
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
 * Have somebody listen at the address that a variable gives: Google's clients would try for a minute
 * before they said that nobody does.
 *
 * @throws {Error} one line that names the variable
 */
export async function mustListen(host: string, variable: string): Promise<void> {
  if (!(await listens(host))) throw localError(`Nobody listens at ${variable}=${host}`)
}

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
