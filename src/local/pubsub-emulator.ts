import {
  type Emulator,
  type EmulatorOptions,
  type EmulatorProgram,
  startEmulator
} from './emulator.ts'

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
