import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { freePort } from '../../dev/local/ports.ts'
import { type Child, startChild } from './child.ts'
import type { Pin } from './cores.ts'
import type { Usage } from './probe.ts'

export interface ServerOptions {
  /** File that Node runs. */
  readonly entry: string
  readonly env: Readonly<Record<string, string>>
  readonly pin: Pin
  /** False leaves the process alone, for the time that its start takes. */
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
  const command = [...pin, process.execPath, ...(probed ? probe : []), entry]
  const child = startChild(command, { ...env, PORT: String(port) })
  try {
    await Promise.race([ready(port), child.died])
  } catch (error) {
    await child.stop()
    throw error
  }
  const readyMs = performance.now() - startedAt
  return { port, readyMs, usage: () => usageOf(child), stop: child.stop }
}

// The probe answers with nothing else.
const usageOf = async (child: Child) => (await child.ask({})) as Usage

async function ready(port: number): Promise<void> {
  const deadline = performance.now() + 30_000
  while (performance.now() < deadline) {
    const status = await fetch(`http://127.0.0.1:${port}/health/ready`).then(
      async (answer) => {
        await answer.arrayBuffer()
        return answer.status
      },
      () => 503
    )
    if (status !== 503) return
    await setTimeout(2)
  }
  throw new Error('the server is not ready after 30 s')
}
