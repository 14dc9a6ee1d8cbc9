import { connect, createServer, type Socket } from 'node:net'

export interface TcpProxy {
  /** `host:port`. */
  readonly host: string
  /** Pass bytes on, break every connection, or accept and swallow. */
  behave(mode: 'pass' | 'break' | 'swallow'): void
  close(): Promise<void>
}

/** Stand between a client and a server, and fail the way networks do. */
export async function openTcpProxy(target: string): Promise<TcpProxy> {
  const [targetHost = '', targetPort] = target.split(':')
  const sockets = new Set<Socket>()
  let mode: 'pass' | 'break' | 'swallow' = 'pass'
  const track = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy()).once('close', () => sockets.delete(socket))
    return socket
  }
  const server = createServer((incoming) => {
    track(incoming)
    if (mode === 'break') {
      incoming.resetAndDestroy()
      return
    }
    const outgoing = track(connect(Number(targetPort), targetHost))
    for (const [from, to] of [
      [incoming, outgoing],
      [outgoing, incoming]
    ] as const) {
      from.on('data', (bytes) => mode === 'pass' && to.write(bytes))
      from.once('close', () => to.destroy())
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const drop = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    host: `127.0.0.1:${port}`,
    behave(next) {
      mode = next
      if (next !== 'swallow') drop()
    },
    close: () => {
      drop()
      return new Promise((resolve) => server.close(() => resolve()))
    }
  }
}
