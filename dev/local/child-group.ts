import { type ChildProcess, spawn } from 'node:child_process'

/** A process started here, with all the processes that it starts itself. */
export interface ChildGroup {
  readonly pid: number | undefined
  /** Resolves with how the process ended, such as `exit code 1`. Never rejects. */
  readonly ended: Promise<string>
  /** Ask the process to end, end it by force after these milliseconds, and wait until it is gone. */
  stop(patienceMs: number): Promise<void>
}

export interface ChildOptions {
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Whether it writes to the terminal. Otherwise `ended` tells the end of its standard error. */
  readonly output: 'shown' | 'hidden'
}

/**
 * Ends the group as soon as its standard input ends: this process holds the other end, and even
 * SIGKILL closes it. The shell becomes the command, which so has the id of its group.
 */
const tether = 'exec 3<&0; (cat <&3; kill -KILL 0) >/dev/null 2>&1 & exec "$@" </dev/null 3<&-'

/**
 * Start a process in a group of its own, so that Ctrl-C in the terminal does not reach it. Neither
 * it nor what it starts outlives it, or this process.
 */
export function startChildGroup({ command, args, env, output }: ChildOptions): ChildGroup {
  const child = spawn('sh', ['-c', tether, 'sh', command, ...args], {
    detached: true,
    stdio: output === 'shown' ? ['pipe', 'inherit', 'inherit'] : ['pipe', 'ignore', 'pipe'],
    ...(env && { env })
  })
  const ended = endOf(child)
  return {
    pid: child.pid,
    ended,
    async stop(patienceMs) {
      if (patienceMs > 0) child.kill('SIGTERM')
      const timer = setTimeout(() => killGroup(child), patienceMs)
      await ended
      clearTimeout(timer)
    }
  }
}

function endOf(child: ChildProcess): Promise<string> {
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    said = (said + chunk).slice(-2000)
  })
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', () => killGroup(child))
    child.once('close', (code, signal) => {
      const how = code === null ? `signal ${signal}` : `exit code ${code}`
      resolve(said ? `${how}, saying: ${said.trim()}` : how)
    })
  })
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // Nobody is left in it.
  }
}
