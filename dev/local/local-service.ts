import { join } from 'node:path'
import { poll, startChild, untilReady } from '../child.ts'

export interface LocalServiceOptions {
  /** The whole environment of the service, the port included. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly port: number
  /** Aborts the start. */
  readonly signal: AbortSignal
}

export interface LocalService {
  /** Rejects when it ends, with its exit code or signal. */
  readonly died: Promise<never>
  /** Let it answer the requests it accepted, and wait until it has ended. */
  stop(): Promise<void>
}

/** The service gives itself 8 s. */
const stopAfterMs = 10_000
const main = join(import.meta.dirname, '../../src/main.ts')

/** Start the service, its log on the terminal, and wait until it is ready to land events. */
export async function startLocalService(options: LocalServiceOptions): Promise<LocalService> {
  const { env, port, signal } = options
  const service = { name: 'service', command: process.execPath, args: [main] }
  const child = startChild({ ...service, env, output: 'shown' })
  const url = `http://localhost:${port}/health/ready`
  const ready = (settled: AbortSignal) => poll(() => answersOk(url), 50, settled)
  await untilReady(child, ready, { signal, hint: `see ${url}`, stopAfterMs })
  return { died: child.died, stop: () => child.stop(stopAfterMs) }
}

async function answersOk(url: string): Promise<boolean> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(5000) }).catch(() => undefined)
  await answer?.body?.cancel()
  return answer?.ok ?? false
}
