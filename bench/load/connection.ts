import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** One keep-alive connection with one request at a time. */
export interface Connection {
  /** Send the bytes of a request; resolves with the status of its whole answer. */
  send(request: Buffer): Promise<number>
  close(): void
}

/**
 * Open a connection to a port of this machine. It parses only where an answer ends, because the
 * load shares a core with the model of Spanner, and Node's own client costs as much as the server
 * under test. It reconnects when the server has closed it.
 */
export async function openConnection(port: number): Promise<Connection> {
  let socket = await open(port)
  return {
    async send(request) {
      if (socket.destroyed || socket.readableEnded) socket = await open(port)
      socket.write(request)
      return statusOf(socket)
    },
    close: () => socket.destroy()
  }
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  // An error is followed by `close`, which rejects the pending request.
  return socket.on('error', () => undefined)
}

function statusOf(socket: Socket): Promise<number> {
  return new Promise((resolve, reject) => {
    let received = ''
    const read = (chunk: Buffer) => {
      received += chunk.toString('latin1')
      const length = lengthOf(received)
      if (received.length < length) return
      stop()
      if (Number.isNaN(length)) reject(new Error('an answer without content-length'))
      else resolve(statusIn(received))
    }
    const closed = () => {
      stop()
      reject(new Error('the server closed the connection before it answered'))
    }
    const stop = () => socket.off('data', read).off('close', closed)
    socket.on('data', read).on('close', closed)
  })
}

/** Bytes of an answer, once its head is there; NaN when the head does not say. */
function lengthOf(received: string): number {
  const head = received.indexOf('\r\n\r\n')
  if (head === -1) return Number.POSITIVE_INFINITY
  if (statusIn(received) === 204) return head + 4
  const [, length] = /\r\ncontent-length: (\d+)/i.exec(received.slice(0, head)) ?? []
  return head + 4 + Number(length)
}

/** After `HTTP/1.1 `. */
const statusIn = (received: string) => Number(received.slice(9, 12))
