import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { onTestFinished } from 'vitest'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Make a folder that looks like the repository and keeps what is written; it is removed after the
 * test.
 */
export function copyOfRepository(): string {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-docs-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const own = new Set(['.git', '.landfall', 'try'])
  for (const name of readdirSync('.').filter((entry) => !own.has(entry))) {
    symlinkSync(resolve(name), join(folder, name))
  }
  return folder
}

/** One shell, like a reader's: the next command sees what one command sets. */
export function openShell(cwd: string, env: Environment) {
  const shell = start('exec bash --norc -s 2>&1', cwd, env)
  let output = ''
  shell.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk
  })
  let runs = 0
  return async function run(commands: string): Promise<string> {
    runs += 1
    const end = `--- end of ${runs} ---\n`
    output = ''
    shell.stdin?.write(`{\n${commands}\n} </dev/null\nprintf '\\n%s' '${end}'\n`)
    while (!output.endsWith(end)) {
      if (shell.exitCode !== null) throw new Error(`the shell is gone: ${output}`)
      await once(shell.stdout ?? shell, 'data')
    }
    return output.slice(0, -end.length)
  }
}

/** Run a command that ends only when it is stopped, and wait until its service listens. */
export async function serve(commands: string, cwd: string, env: Environment) {
  const child = start(commands, cwd, env)
  let log = ''
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    log += chunk
  })
  while (!log.includes('"message":"listening"')) {
    if (child.exitCode !== null) throw new Error(`the service is gone: ${log}`)
    await once(child.stdout ?? child, 'data')
  }
  return async function stop(): Promise<void> {
    interrupt(child, 'SIGINT')
    if (child.exitCode === null) await once(child, 'close')
  }
}

function start(commands: string, cwd: string, env: Environment): ChildProcess {
  const child = spawn('bash', ['-c', commands], {
    cwd,
    env: { ...env },
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit']
  })
  onTestFinished(() => interrupt(child, 'SIGKILL'))
  return child
}

/** As Ctrl-C does: all of the group at once. */
function interrupt({ pid }: ChildProcess, signal: 'SIGINT' | 'SIGKILL'): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal)
  } catch {
    // It has ended.
  }
}
