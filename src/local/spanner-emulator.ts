import {
  type Emulator,
  type EmulatorOptions,
  type EmulatorProgram,
  startEmulator
} from './emulator.ts'

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
