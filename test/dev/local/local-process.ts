import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import { descendants } from './processes.ts'

/** How long a busy machine may take. */
export const waitOptions = { timeout: 40_000 }
export const landfall = resolve('bin/landfall.ts')
type Environment = Readonly<Record<string, string>>

/** Where commands run in a folder of their own, with only PATH from the environment of this run. */
export function openFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-local-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const start = (command: string, args: readonly string[], env: Environment = {}) => {
    const PATH = process.env['PATH'] ?? ''
    const child = spawn(command, args, {
      cwd: folder,
      env: { PATH, PORT: '0', SCHEMAS_DIR: resolve('schemas'), ...env },
      stdio: ['ignore', 'pipe', 'pipe']
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    return child
  }
  const startLandfall = (args: readonly string[], env?: Environment) =>
    start(process.execPath, [landfall, ...args], env)
  return { stateFile: join(folder, '.landfall/local.json'), start, startLandfall }
}

/** Wait until it prints the commands to try, and return the address of the service. */
export function ready(child: ChildProcess): Promise<string> {
  let said = ''
  return new Promise((resolve, reject) => {
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk
      const url = /^Landfall listens on (\S+)\.[\s\S]*SPANNER_DATABASE=/m.exec(said)?.[1]
      if (url) resolve(url)
    })
    child.once('exit', (code) => reject(new Error(`exit code ${code}: ${said}`)))
  })
}

export async function endOf(child: ChildProcess) {
  const [stderr, [code]] = await Promise.all([
    child.stderr ? text(child.stderr) : '',
    once(child, 'exit')
  ])
  return { code, stderr }
}

export const startedBy = (child: ChildProcess) => descendants(child.pid ?? 0)
export const pidsOf = (list: readonly { readonly pid: number }[]) => list.map(({ pid }) => pid)
