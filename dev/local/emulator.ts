import { setTimeout as sleep } from 'node:timers/promises'
import { type ChildGroup, startChildGroup } from './child-group.ts'
import { findSdkProgram, type SdkProgram } from './google-sdk.ts'
import { localError } from './local-error.ts'
import { freePort, listens } from './ports.ts'

/** An emulator of Google's that was started here. It ends with this process at the latest. */
export interface Emulator {
  /** `host:port`, as `SPANNER_EMULATOR_HOST` and `PUBSUB_EMULATOR_HOST` spell it. */
  readonly host: string
  readonly pid: number | undefined
  /** Resolves with how it ended, should it. */
  readonly ended: Promise<string>
  /** End it and wait until it is gone. All it has is gone too: it is kept in memory. */
  stop(): Promise<void>
}

export interface EmulatorOptions {
  /** Directories to look for `gcloud` in, as PATH spells them. */
  readonly path: string | undefined
  /** Where to listen, if nobody does yet; otherwise at a free port. */
  readonly port?: number
  /** Flags for the emulator, such as `--enable_fault_injection` for Spanner's. */
  readonly flags?: readonly string[]
  /** Gives up starting. */
  readonly signal?: AbortSignal
}

export interface EmulatorProgram extends SdkProgram {
  args(host: string, port: number): readonly string[]
}

const startTimeoutMs = 30_000

/**
 * Start an emulator on this machine and wait until it listens. Its program is started directly:
 * `gcloud emulators … start` leaves it behind when it is ended.
 *
 * @throws {Error} one line that says how to get the emulator, when there is none
 */
export async function startEmulator(
  program: EmulatorProgram,
  { path, port: wanted, flags = [], signal }: EmulatorOptions
): Promise<Emulator> {
  const command = await findSdkProgram(program, path)
  const address = '127.0.0.1'
  const port = await freePort(wanted, address)
  const host = `${address}:${port}`
  const args = [...program.args(address, port), ...flags]
  const group = startChildGroup({ command, args, output: 'hidden' })
  // It has nothing to save, so there is nothing to wait for but its end.
  const stop = () => group.stop(0)
  try {
    await listening(program.name, group, host, signal)
  } catch (error) {
    await stop()
    throw error
  }
  return { host, pid: group.pid, ended: group.ended, stop }
}

/** Wait until it accepts a connection, or fail as soon as it is clear that it will not. */
async function listening(
  name: string,
  { ended }: ChildGroup,
  host: string,
  signal: AbortSignal | undefined
): Promise<void> {
  const gone = ended.then((how): never => {
    throw localError(`The ${name} ended at once, with ${how}`)
  })
  gone.catch(() => undefined)
  const deadline = Date.now() + startTimeoutMs
  while (!(await Promise.race([listens(host), gone]))) {
    signal?.throwIfAborted()
    if (Date.now() > deadline) throw localError(`The ${name} does not listen at ${host}`)
    await sleep(25)
  }
}

/** Google's Spanner emulator (https://cloud.google.com/spanner/docs/emulator). */
export const spannerEmulator: EmulatorProgram = {
  name: 'Spanner emulator',
  file: 'bin/cloud_spanner_emulator/emulator_main',
  advice:
    'Get it with `gcloud components install cloud-spanner-emulator` ' +
    'or `apt-get install google-cloud-cli-spanner-emulator`, ' +
    'or set SPANNER_EMULATOR_HOST to one that runs already.',
  args: (address, port) => [`--host_port=${address}:${port}`]
}

/**
 * Start Google's Spanner emulator and wait until it listens.
 *
 * @throws {Error} one line that says how to get it, when there is none
 */
export function startSpannerEmulator(options: EmulatorOptions): Promise<Emulator> {
  return startEmulator(spannerEmulator, options)
}

/** Google's Pub/Sub emulator (https://cloud.google.com/pubsub/docs/emulator). */
export const pubsubEmulator: EmulatorProgram = {
  name: 'Pub/Sub emulator',
  file: 'platform/pubsub-emulator/bin/cloud-pubsub-emulator',
  advice:
    'Get it with `gcloud components install pubsub-emulator` ' +
    'or `apt-get install google-cloud-cli-pubsub-emulator`, ' +
    'or set PUBSUB_EMULATOR_HOST to one that runs already.',
  args: (address, port) => [`--host=${address}`, `--port=${port}`]
}

/**
 * Start Google's Pub/Sub emulator, which needs Java, and wait until it listens.
 *
 * @throws {Error} one line that says how to get it, when there is none
 */
export function startPubSubEmulator(options: EmulatorOptions): Promise<Emulator> {
  return startEmulator(pubsubEmulator, options)
}
