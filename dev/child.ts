import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { Complaint } from '../src/failures.ts'

/** A process started here, with all the processes that it starts itself. */
export interface Child {
  /** In messages, such as `Spanner emulator`. */
  readonly name: string
  readonly pid: number | undefined
  /** Its standard output, where `output` is `read`. */
  readonly stdout: Readable | null
  /** Resolves when the process has ended. Never rejects. */
  readonly ended: Promise<Ending>
  /** Rejects with a `Complaint` when the process has ended, also when it was stopped. */
  readonly died: Promise<never>
  /** Send a message and wait for the next one. @throws {Complaint} when the process ends before */
  ask(message: object): Promise<unknown>
  /** Wait for a message. @throws {Complaint} when the process ends before */
  nextMessage(): Promise<unknown>
  /** Kill the process at once, without waiting: for listeners of the exit of this process. */
  kill(): void
  /** Ask the process to end, end it by force after these milliseconds, and wait until it is gone. */
  stop(afterMs: number): Promise<void>
}

export interface Ending {
  /** Such as `exit code 1` or `signal SIGKILL`. */
  readonly how: string
  /** The end of what it wrote to standard error, where that is not shown. */
  readonly said: string
}

export interface ChildOptions {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  /** Its whole environment; without it, that of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Whether it writes to the terminal, or its standard output is ignored or read. */
  readonly output: 'shown' | 'ignored' | 'read'
  /** Whether it is a Node process that gets and sends messages. */
  readonly messages?: boolean
}

/**
 * Ends the group as soon as its standard input ends: this process has the other end, and even SIGKILL
 * closes it. The shell becomes the command, so the command has the id of its group. The channel of
 * messages, if any, is 3, and belongs to the command alone.
 */
const tether =
  'exec 9<&0; (exec 3>&-; cat <&9; kill -KILL 0) >/dev/null 2>&1 & exec "$@" </dev/null 9<&-'

const streams = {
  shown: ['inherit', 'inherit'],
  ignored: ['ignore', 'pipe'],
  read: ['pipe', 'pipe']
} as const

/**
 * Start a process in a group of its own, so that Ctrl-C in the terminal does not reach it. Neither
 * it nor what it starts outlives it, or this process.
 */
export function startChild(options: ChildOptions): Child {
  const { name, command, args, env, output, messages } = options
  const child = spawn('sh', ['-c', tether, 'sh', command, ...args], {
    detached: true,
    stdio: ['pipe', ...streams[output], ...(messages ? (['ipc'] as const) : [])],
    ...(env && { env })
  })
  const ended = endOf(child)
  const died = rejectWhenEnded(name, ended)
  const nextMessage = async () => {
    const [message]: readonly unknown[] = await Promise.race([once(child, 'message'), died])
    return message
  }
  return {
    name,
    pid: child.pid,
    stdout: child.stdout,
    ended,
    died,
    nextMessage,
    ask(message) {
      child.send(message)
      return nextMessage()
    },
    kill: () => killGroup(child),
    async stop(afterMs) {
      if (afterMs > 0) child.kill('SIGTERM')
      const timer = setTimeout(() => killGroup(child), afterMs)
      await ended
      clearTimeout(timer)
    }
  }
}

function endOf(child: ChildProcess): Promise<Ending> {
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    said = (said + chunk).slice(-4000)
  })
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ how: error.message, said: '' }))
    child.once('exit', () => killGroup(child))
    child.once('close', (code, signal) => {
      const how = code === null ? `signal ${signal}` : `exit code ${code}`
      resolve({ how, said: said.trim() })
    })
  })
}

function rejectWhenEnded(name: string, ended: Promise<Ending>): Promise<never> {
  const died = ended.then(({ how, said }): never => {
    throw new Complaint(`The ${name} ended with ${how}${said && `, saying: ${said}`}`)
  })
  // It is awaited only while something else is.
  died.catch(() => undefined)
  return died
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // The group is empty.
  }
}

export interface ReadyOptions {
  /** Gives up waiting. */
  readonly signal?: AbortSignal | undefined
  /** Where to look when it is not ready in time, as part of a sentence. */
  readonly hint?: string
  /** Milliseconds that the process has to end when it does not become ready. */
  readonly stopAfterMs?: number
}

const readyWithinMs = 30_000

/**
 * Wait until a child is ready. When it does not become ready, it is stopped.
 *
 * @param ready resolves when it is, and gives up when its signal is aborted
 * @throws {Complaint} when the child ends, or is not ready after 30 s
 */
export async function untilReady<T>(
  child: Child,
  ready: (signal: AbortSignal) => Promise<T>,
  { signal, hint = '', stopAfterMs = 0 }: ReadyOptions = {}
): Promise<T> {
  const settled = new AbortController()
  const { promise: failed, reject: fail } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    const late = `The ${child.name} is not ready after ${readyWithinMs / 1000} s`
    fail(new Complaint(`${late}${hint && `; ${hint}`}`))
  }, readyWithinMs)
  const giveUp = () => fail(signal?.reason)
  signal?.addEventListener('abort', giveUp)
  try {
    signal?.throwIfAborted()
    return await Promise.race([ready(settled.signal), child.died, failed])
  } catch (error) {
    await child.stop(stopAfterMs)
    throw error
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', giveUp)
    settled.abort()
  }
}

/** Check again and again until the answer is true, or the signal is aborted. */
export async function poll(
  check: () => Promise<boolean>,
  everyMs: number,
  signal: AbortSignal
): Promise<void> {
  while (!(await check()) && !signal.aborted) await sleep(everyMs)
}
