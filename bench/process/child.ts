import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

/** A process that this one started, and asks by messages. */
export interface Child {
  /** Send a message and wait for the next one. */
  ask(message: object): Promise<unknown>
  /** Wait for a message that comes by itself. */
  told(): Promise<unknown>
  /** Rejects when the process ends before it is stopped, with what it wrote to standard error. */
  readonly died: Promise<never>
  stop(): Promise<void>
}

/** Start a command; it does not outlive this process. */
export function startChild(
  [command = process.execPath, ...args]: readonly string[],
  env: Readonly<Record<string, string>>
): Child {
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc']
  })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  const died = rejectWhenEnded(child)
  const told = async () => {
    const [message]: readonly unknown[] = await Promise.race([once(child, 'message'), died])
    return message
  }
  return {
    told,
    died,
    ask(message) {
      child.send(message)
      return told()
    },
    async stop() {
      kill()
      process.off('exit', kill)
      await died.catch(() => undefined)
    }
  }
}

function rejectWhenEnded(child: ChildProcess): Promise<never> {
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    said = (said + chunk).slice(-4000)
  })
  const died = once(child, 'close').then(([code, signal]): never => {
    throw new Error(`${child.spawnargs.join(' ')} ended with ${code ?? signal}: ${said}`)
  })
  // It is awaited only while something else is.
  died.catch(() => undefined)
  return died
}
