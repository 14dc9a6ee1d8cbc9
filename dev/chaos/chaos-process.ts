import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Child, poll, startChild, untilReady } from '../child.ts'
import { freePort, listens } from '../local/ports.ts'
import { createHttpClient, type HttpClient } from '../simulator/http-client.ts'
import type { Findings } from './findings.ts'

/** One process of the service, which is killed, stopped and started again at one port. */
export interface ChaosProcess {
  readonly name: string
  /** Sends to it, whether it runs or not. */
  readonly client: HttpClient
  /** Sends to it, and hangs up soon. */
  readonly impatient: HttpClient
  running(): boolean
  /** SIGKILL, then start again. */
  crash(): Promise<void>
  /** SIGTERM, wait for the end, then start again. */
  restart(): Promise<void>
  /** SIGSTOP for so many milliseconds. */
  pause(ms: number): Promise<void>
  /** SIGTERM for good. */
  stop(): Promise<void>
  kill(): void
}

export interface ChaosProcessOptions {
  readonly name: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly findings: Findings
}

const main = join(import.meta.dirname, '../../src/main.ts')

/** The service gives itself 8 s; a machine that is busy may need more. */
const stopWithinMs = 20_000

/** Longer than the service takes for an answer. */
const patience = { sockets: 64, timeoutMs: 15_000 }
const impatience = { sockets: 16, timeoutMs: 40 }

/** Start the service at a free port. @throws {Complaint} when it does not listen within 30 s */
export async function startChaosProcess(options: ChaosProcessOptions): Promise<ChaosProcess> {
  const { name, findings } = options
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  let child = await launch(options, port)
  let state: 'running' | 'down' = 'running'

  async function startAgain(): Promise<void> {
    child = await launch(options, port)
    state = 'running'
    watch(child)
  }

  /** It ends only when it is told to. */
  function watch(watched: Child): void {
    void watched.ended.then(({ how, said }) => {
      if (watched !== child || state === 'down') return
      state = 'down'
      findings.violated('alive', `${name} ended of itself with ${how}: ${said.slice(-500)}`)
    })
  }

  async function terminate(): Promise<void> {
    state = 'down'
    await child.stop(stopWithinMs)
    const { how } = await child.ended
    if (how !== 'exit code 0') findings.violated('stopped', `${name}: SIGTERM ended it with ${how}`)
  }

  watch(child)
  return {
    name,
    client: createHttpClient(origin, patience),
    impatient: createHttpClient(origin, impatience),
    running: () => state === 'running',
    async crash() {
      state = 'down'
      await child.stop(0)
      await startAgain()
    },
    async restart() {
      await terminate()
      await startAgain()
    },
    async pause(ms) {
      signal(child, 'SIGSTOP')
      await sleep(ms)
      signal(child, 'SIGCONT')
    },
    stop: terminate,
    kill: () => child.kill()
  }
}

async function launch({ name, env }: ChaosProcessOptions, port: number): Promise<Child> {
  const command = { name, command: process.execPath, args: [main] }
  const child = startChild({ ...command, env: { ...env, PORT: String(port) }, output: 'read' })
  // It never waits for a reader of its log.
  child.stdout?.resume()
  await untilReady(child, (settled) => poll(() => listens(`127.0.0.1:${port}`), 50, settled))
  return child
}

function signal({ pid }: Child, name: 'SIGSTOP' | 'SIGCONT'): void {
  if (pid !== undefined) process.kill(pid, name)
}
