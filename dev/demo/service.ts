import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { settings } from '../../src/settings.ts'
import { type Child, startChild, untilReady } from '../child.ts'

/** The real service, as a process of its own, with a temporary folder of its own. */
export interface DemoService {
  readonly port: number
  readonly embeddedFile: string
  /** Rejects when the process ends, with how and why. */
  readonly died: Promise<never>
  /** Send SIGTERM and wait: resolves with how it ended, `exit code 0` when all is well. */
  stop(): Promise<string>
  /** End what still runs and remove the folder. Safe to call at any time. */
  dispose(): Promise<void>
}

type Environment = Readonly<Record<string, string | undefined>>

const root = join(import.meta.dirname, '..', '..')
/** The service gives itself 8 s. */
const stopAfterMs = 15_000

/**
 * Start the service on a free port with an embedded file, ignoring the other settings of the
 * environment, and wait until it listens. Neither process nor folder outlives this process.
 *
 * @throws {Complaint} with what the service wrote to standard error, when it does not start
 */
export async function startService(
  env: Environment,
  schemasDir = join(root, 'schemas')
): Promise<DemoService> {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-demo-'))
  const embeddedFile = join(folder, 'landfall.db')
  const child = startChild({
    name: 'service',
    command: process.execPath,
    args: [join(root, 'src', 'main.ts')],
    env: serviceEnv(env, embeddedFile, schemasDir),
    output: 'read'
  })
  const removeFolder = () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  const removeAll = () => {
    child.kill()
    removeFolder()
  }
  process.once('exit', removeAll)
  const dispose = async () => {
    await child.stop(0)
    removeFolder()
    process.off('exit', removeAll)
  }
  try {
    const port = await untilReady(child, () => listeningPort(child))
    return { port, embeddedFile, died: child.died, stop: () => stop(child), dispose }
  } catch (error) {
    await dispose()
    throw error
  }
}

/** The environment without the variables of the service, except those that the demo sets. */
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

async function stop(child: Child): Promise<string> {
  await child.stop(stopAfterMs)
  return (await child.ended).how
}

/**
 * Wait for the log line that says which port the service listens on. Reading goes on after it, so
 * that the service never waits for a reader.
 */
function listeningPort({ stdout }: Child): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>()
  if (!stdout) throw new Error('the output of the service is not read')
  createInterface({ input: stdout }).on('line', (line) => {
    const port = portIn(line)
    if (port !== undefined) resolve(port)
  })
  return promise
}

function portIn(line: string): number | undefined {
  if (!line.includes('"message":"listening"')) return undefined
  const entry: unknown = JSON.parse(line)
  const known = typeof entry === 'object' && entry !== null && 'port' in entry
  return known && typeof entry.port === 'number' ? entry.port : undefined
}
