import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface LazyServer {
  /** `host:port` of the server, which starts with the first connection. */
  readonly host: string
  /** End it, started or not. Throws if it could not start. */
  stop(): Promise<void>
}

interface Started {
  readonly host: string
  stop(): Promise<void>
}

/**
 * Listen in place of a server that takes seconds to start, and start it at the first connection.
 */
export async function createLazyServer(start: () => Promise<Started>): Promise<LazyServer> {
  let starting: Promise<Started> | undefined
  const server = createServer(async (client) => {
    client.on('error', () => undefined)
    starting ??= start()
    try {
      join(client, (await starting).host)
    } catch (error) {
      console.error(error)
      client.destroy()
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const stop = async () => {
    server.close()
    await (await starting)?.stop()
  }
  return { host: `127.0.0.1:${port}`, stop }
}

function join(client: Socket, host: string): void {
  const [name, port] = host.split(':')
  const target = connect(Number(port), name)
  target.on('error', () => client.destroy()).on('close', () => client.destroy())
  client.on('close', () => target.destroy())
  client.pipe(target).pipe(client)
}
