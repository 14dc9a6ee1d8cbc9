import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { inject, onTestFinished } from 'vitest'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The file that Node runs: the service in `src`, or its bundle in `dist`. */
    readonly entry: string
  }
}

export interface Service {
  readonly url: string
  readonly process: ChildProcess
  /** Every line of standard output so far. */
  readonly lines: readonly string[]
}

/** Start the real process on a free port and wait until it listens; it ends with the test. */
export async function startService(
  env: Readonly<Record<string, string>>,
  options: { readonly cwd?: string } = {}
): Promise<Service> {
  const child = launchService(env, options.cwd)
  const lines: string[] = []
  const port = await new Promise<number>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line)
      const found = /"message":"listening"/.test(line) && JSON.parse(line).port
      if (found) resolve(found)
    })
    child.once('exit', (code) => reject(new Error(`exit ${code}: ${lines.join('\n')}`)))
  })
  return { url: `http://127.0.0.1:${port}`, process: child, lines }
}

/** Run the real process until it ends without a signal. */
export async function runService(env: Readonly<Record<string, string>>) {
  const child = launchService(env)
  let stderr = ''
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  const [code] = await once(child, 'close')
  return { code, stderr }
}

/** Run the real process; it ends with the test. */
export function launchService(env: Readonly<Record<string, string>>, cwd?: string) {
  const child = spawn(process.execPath, [inject('entry')], {
    env: { PATH: process.env['PATH'], PORT: '0', EMBEDDED_FILE: ':memory:', ...env },
    cwd,
    stdio: ['ignore', 'pipe', 'pipe']
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  return child
}

export async function exitOf(service: Service): Promise<number | null> {
  if (service.process.exitCode === null) await once(service.process, 'exit')
  return service.process.exitCode
}

interface Answer {
  readonly status: number
  readonly body: { readonly verdict?: string; readonly code?: string }
}

/** Push one structured event over a real socket. */
export async function push(url: string, event: unknown): Promise<Answer> {
  const answer = await fetch(`${url}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents+json' },
    body: JSON.stringify(event)
  })
  return { status: answer.status, body: (await answer.json()) as Answer['body'] }
}
