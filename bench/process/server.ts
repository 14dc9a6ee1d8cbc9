import { join } from 'node:path'
import { type Child, poll, startChild, untilReady } from '../../dev/child.ts'
import { freePort } from '../../dev/local/ports.ts'
import type { Pin } from './cores.ts'
import type { Usage } from './probe.ts'

export interface ServerOptions {
  /** File that Node runs. */
  readonly entry: string
  readonly env: Readonly<Record<string, string>>
  readonly pin: Pin
  /** False runs the server without the probe, to measure its start. */
  readonly probed?: boolean
}

export interface Server {
  readonly port: number
  /** From the start of the process to the first answer of `/health/ready` that is not 503. */
  readonly readyMs: number
  usage(): Promise<Usage>
  stop(): Promise<void>
}

const probe = ['--import', join(import.meta.dirname, 'probe.ts')]

/** Start a server on a free port and wait until it is ready. */
export async function startServer({
  entry,
  env,
  pin,
  probed = true
}: ServerOptions): Promise<Server> {
  const port = await freePort()
  const startedAt = performance.now()
  const node = [process.execPath, ...(probed ? probe : []), entry]
  const [command = process.execPath, ...args] = [...pin, ...node]
  const child = startChild({
    name: 'server',
    command,
    args,
    env: { ...process.env, ...env, PORT: String(port) },
    output: 'ignored',
    messages: true
  })
  await untilReady(child, (settled) => poll(() => isReady(port), 2, settled))
  const readyMs = performance.now() - startedAt
  return { port, readyMs, usage: () => usageOf(child), stop: () => child.stop(0) }
}

// The probe answers with nothing else.
const usageOf = async (child: Child) => (await child.ask({})) as Usage

async function isReady(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/health/ready`)
    await answer.arrayBuffer()
    return answer.status !== 503
  } catch {
    return false
  }
}
