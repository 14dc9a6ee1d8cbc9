import { poll, startChild, untilReady } from '../child.ts'
import { findSdkProgram, type SdkProgram } from './google-sdk.ts'
import { freePort, listens } from './ports.ts'

/** A Google emulator that this process started. It ends with this process at the latest. */
export interface Emulator {
  /** `host:port`, as `SPANNER_EMULATOR_HOST` and `PUBSUB_EMULATOR_HOST` have it. */
  readonly host: string
  readonly pid: number | undefined
  /** Rejects when it ends, with its exit code or signal. */
  readonly died: Promise<never>
  /** End it and wait until it is gone. Its data is gone too: it is in memory. */
  stop(): Promise<void>
}

export interface EmulatorOptions {
  /** Directories to look for `gcloud` in, as PATH spells them. */
  readonly path: string | undefined
  /** The port to listen on if it is free; otherwise another one is chosen. */
  readonly port?: number
  /** Flags for the emulator, such as `--enable_fault_injection` for Spanner's. */
  readonly flags?: readonly string[]
  /** Aborts the start. */
  readonly signal?: AbortSignal
}

export interface EmulatorProgram extends SdkProgram {
  args(host: string, port: number): readonly string[]
}

/**
 * Start an emulator on this machine and wait until it listens. Its program is started directly:
 * `gcloud emulators … start` leaves it behind when it is ended.
 *
 * @throws {Complaint} how to get the emulator, when there is none
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
  const child = startChild({ name: program.name, command, args, output: 'ignored' })
  const ready = (settled: AbortSignal) => poll(() => listens(host), 25, settled)
  await untilReady(child, ready, { signal, hint: `nothing listens at ${host}` })
  // It has nothing to save, so it need not stop gracefully.
  return { host, pid: child.pid, died: child.died, stop: () => child.stop(0) }
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
 * @throws {Complaint} how to get it, when there is none
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
 * @throws {Complaint} how to get it, when there is none
 */
export function startPubSubEmulator(options: EmulatorOptions): Promise<Emulator> {
  return startEmulator(pubsubEmulator, options)
}
