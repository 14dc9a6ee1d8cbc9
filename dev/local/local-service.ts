import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startChildGroup } from './child-group.ts'
import { localError } from './local-error.ts'

export interface LocalServiceOptions {
  /** All that the service is told, the port included. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly port: number
  /** Gives up starting. */
  readonly signal: AbortSignal
}

export interface LocalService {
  readonly ended: Promise<string>
  /** Let it answer what it accepted, and wait until it is gone. */
  stop(): Promise<void>
}

const startTimeoutMs = 30_000
/** The service gives itself 8 s. */
const stopTimeoutMs = 10_000
const main = join(import.meta.dirname, '../../src/main.ts')

/** Start the service, its log on the terminal, and wait until it is ready to land events. */
export async function startLocalService(options: LocalServiceOptions): Promise<LocalService> {
  const { env, port, signal } = options
  const group = startChildGroup({ command: process.execPath, args: [main], env, output: 'shown' })
  const stop = () => group.stop(stopTimeoutMs)
  try {
    await ready(`http://localhost:${port}/health/ready`, group.ended, signal)
  } catch (error) {
    await stop()
    throw error
  }
  return { ended: group.ended, stop }
}

async function ready(url: string, ended: Promise<string>, signal: AbortSignal): Promise<void> {
  const gone = ended.then((how): never => {
    throw localError(`The service ended at once, with ${how}`)
  })
  gone.catch(() => undefined)
  const deadline = Date.now() + startTimeoutMs
  while (!(await Promise.race([answersOk(url), gone]))) {
    signal.throwIfAborted()
    if (Date.now() > deadline) throw localError(`The service is not ready; see ${url}`)
    await sleep(50)
  }
}

async function answersOk(url: string): Promise<boolean> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(5000) }).catch(() => undefined)
  await answer?.body?.cancel()
  return answer?.ok ?? false
}
