import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { access, constants, realpath } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

export interface SpannerEmulator {
  /** `host:port`, as `SPANNER_EMULATOR_HOST` spells it. */
  readonly host: string
  /** End it and wait until it is gone. Its databases are gone too: it holds them in memory. */
  stop(): Promise<void>
}

const startTimeoutMs = 20_000

const advice =
  'Get it with `gcloud components install cloud-spanner-emulator` ' +
  'or `apt-get install google-cloud-cli-spanner-emulator`, ' +
  'or set SPANNER_EMULATOR_HOST to one that runs already.'

export interface EmulatorOptions {
  /** Directories to look for `gcloud` in, as PATH spells them. */
  readonly path: string | undefined
  /** Flags of `emulator_main`, such as `--enable_fault_injection`. */
  readonly flags?: readonly string[]
}

/**
 * Start Google's Spanner emulator on a free port of this machine and wait until it listens. The
 * binary is started directly: `gcloud emulators spanner start` leaves it behind when it is ended
 * (https://cloud.google.com/spanner/docs/emulator). It ends with this process at the latest.
 *
 * @throws {Error} one line that says how to get the emulator, when there is none
 */
export async function startSpannerEmulator(options: EmulatorOptions): Promise<SpannerEmulator> {
  const binary = await findEmulator(options.path)
  const host = `127.0.0.1:${await freePort()}`
  const flags = [`--host_port=${host}`, ...(options.flags ?? [])]
  const child = spawn(binary, flags, { stdio: 'ignore' })
  const end = () => child.kill('SIGKILL')
  process.once('exit', end)
  try {
    await listening(child, host)
  } catch (error) {
    end()
    throw error
  }
  const stop = async () => {
    process.removeListener('exit', end)
    await stopped(child)
  }
  return { host, stop }
}

/** Find `bin/cloud_spanner_emulator/emulator_main` of the Google Cloud CLI in these directories. */
async function findEmulator(path = ''): Promise<string> {
  for (const directory of path.split(':').filter(Boolean)) {
    const gcloud = await realpath(join(directory, 'gcloud')).catch(() => undefined)
    if (!gcloud) continue
    for (const root of [dirname(dirname(gcloud)), await sdkRoot(gcloud)]) {
      const binary = join(root, 'bin', 'cloud_spanner_emulator', 'emulator_main')
      if (await isExecutable(binary)) return binary
    }
    throw new Error(`The Google Cloud CLI at ${gcloud} has no Spanner emulator. ${advice}`)
  }
  throw new Error(`There is no \`gcloud\` in PATH, so no Spanner emulator. ${advice}`)
}

/** Ask gcloud itself: a package may install it as a script outside of its own tree. */
async function sdkRoot(gcloud: string): Promise<string> {
  const asked = promisify(execFile)(gcloud, ['info', '--format=value(installation.sdk_root)'])
  const { stdout } = await asked.catch(() => ({ stdout: '' }))
  return stdout.trim()
}

const isExecutable = (file: string) =>
  access(file, constants.X_OK).then(
    () => true,
    () => false
  )

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}

/** Wait until the emulator accepts a connection, or fail as soon as it is clear that it will not. */
async function listening(child: ChildProcess, host: string): Promise<void> {
  const gone = new Promise<never>((_, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => {
      reject(new Error(`The Spanner emulator ended at once, with exit code ${code}.`))
    })
  })
  gone.catch(() => undefined)
  const deadline = Date.now() + startTimeoutMs
  while (!(await Promise.race([accepts(host), gone]))) {
    if (Date.now() > deadline) throw new Error(`The Spanner emulator does not listen at ${host}.`)
    await sleep(25)
  }
}

function accepts(host: string): Promise<boolean> {
  const [name = '', port] = host.split(':')
  return new Promise((resolve) => {
    const socket = connect(Number(port), name)
    const answer = (accepted: boolean) => () => {
      socket.destroy()
      resolve(accepted)
    }
    socket.once('connect', answer(true)).once('error', answer(false))
  })
}

/** It has nothing to save, so there is nothing to wait for but its end. */
async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await exit
}
