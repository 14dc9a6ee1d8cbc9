import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { settings } from '../../src/settings.ts'
import { collectText, listeningPort } from './service-output.ts'

/** The real service, as a process of its own, with a temporary folder of its own. */
export interface Service {
  readonly port: number
  readonly embeddedFile: string
  /** Rejects when the process ends, saying how and why. Never resolves. */
  readonly died: Promise<never>
  /** Send SIGTERM and wait: resolves with how it ended, `exit code 0` when all is well. */
  stop(): Promise<string>
  /** End what still runs and remove the folder. Safe to call at any time. */
  dispose(): Promise<void>
}

type Environment = Readonly<Record<string, string | undefined>>

const root = join(import.meta.dirname, '..', '..')
const startWithinMs = 30_000
/** The service gives itself 8 s. */
const stopWithinMs = 15_000

/**
 * Loaded before the service: ends it when the demo is gone, even by SIGKILL. The demo holds the
 * other end of its standard input, and nobody wants the rows any more.
 */
const endWithParent = `data:text/javascript,${encodeURIComponent(
  "process.stdin.once('end', () => process.kill(process.pid, 'SIGKILL')).resume()"
)}`

/**
 * Start the service on a free port with an embedded file, whatever else the environment says, and
 * wait until it listens. Neither process nor folder outlives this process.
 *
 * @throws {Error} in one line, then what the service wrote to standard error, when it does not start
 */
export async function startService(
  env: Environment,
  schemasDir = join(root, 'schemas')
): Promise<Service> {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-demo-'))
  const embeddedFile = join(folder, 'landfall.db')
  const child = launch(serviceEnv(env, embeddedFile, schemasDir))
  const ended = endOf(child)
  const removeAll = () => {
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }
  process.once('exit', removeAll)
  const dispose = async () => {
    child.kill('SIGKILL')
    await Promise.allSettled([ended])
    removeAll()
    process.off('exit', removeAll)
  }
  const died = rejectWhenEnded(child, ended)
  try {
    const port = await Promise.race([listeningPort(child.stdout), died, tooLate()])
    return { port, embeddedFile, died, stop: () => stop(child, ended), dispose }
  } catch (error) {
    await dispose()
    throw error
  }
}

function launch(env: NodeJS.ProcessEnv): ChildProcessWithoutNullStreams {
  const args = ['--import', endWithParent, join(root, 'src', 'main.ts')]
  return spawn(process.execPath, args, { env })
}

/** The environment without anything that the service reads, then what the demo sets. */
function serviceEnv(env: Environment, embeddedFile: string, schemasDir: string): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !Object.hasOwn(settings, name))
  return {
    ...Object.fromEntries(kept),
    PORT: '0',
    HOST: '127.0.0.1',
    EMBEDDED_FILE: embeddedFile,
    SCHEMAS_DIR: schemasDir
  }
}

async function endOf(child: ChildProcessWithoutNullStreams): Promise<string> {
  const [code, signal]: readonly unknown[] = await once(child, 'close')
  return typeof signal === 'string' ? `signal ${signal}` : `exit code ${String(code)}`
}

function rejectWhenEnded(
  child: ChildProcessWithoutNullStreams,
  ended: Promise<string>
): Promise<never> {
  const complaints = collectText(child.stderr)
  const died = ended.then((how): never => {
    const said = complaints()
    throw serviceError(`the service ended with ${how}${said && `, saying:\n${said}`}`)
  })
  // It is awaited only while something else is.
  died.catch(() => undefined)
  return died
}

async function stop(
  child: ChildProcessWithoutNullStreams,
  ended: Promise<string>
): Promise<string> {
  child.kill('SIGTERM')
  return Promise.race([ended, after(stopWithinMs, 'nothing: it still runs')])
}

async function tooLate(): Promise<never> {
  await after(startWithinMs, undefined)
  throw serviceError(`the service does not listen after ${startWithinMs / 1000} s`)
}

/** Waiting for this alone does not keep the process alive. */
const after = <T>(ms: number, value: T): Promise<T> => setTimeout(ms, value, { ref: false })

/** What the service said matters here; where in the demo it was noticed does not. */
function serviceError(message: string): Error {
  return Object.assign(new Error(message), { name: 'ServiceError', stack: message })
}
