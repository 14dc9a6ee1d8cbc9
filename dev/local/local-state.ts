import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** The addresses of a running `landfall local`, for the commands in another shell. */
export interface LocalState {
  readonly projectId: string
  readonly pubsubEmulatorHost: string
}

interface Stored extends LocalState {
  readonly pid: number
}

/** Below the folder that the commands run in. */
const file = '.landfall/local.json'

/** Write the addresses of the `landfall local` of this process. */
export async function writeLocalState(state: LocalState): Promise<void> {
  const { projectId, pubsubEmulatorHost } = state
  const stored: Stored = { pid: process.pid, projectId, pubsubEmulatorHost }
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, `${JSON.stringify(stored, undefined, 2)}\n`)
}

export async function removeLocalState(): Promise<void> {
  await rm(file, { force: true })
}

/** Read the addresses of the running `landfall local`; undefined when none runs. */
export async function readLocalState(): Promise<LocalState | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  // Only writeLocalState writes it.
  const stored = JSON.parse(text) as Stored
  return isAlive(stored.pid) ? stored : undefined
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
