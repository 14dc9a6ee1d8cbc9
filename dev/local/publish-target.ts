import { Complaint } from '../../src/failures.ts'
import type { PubSubOptions } from '../../src/pull/open-subscription.ts'
import { readLocalState } from './local-state.ts'
import { mustListen } from './ports.ts'

/** A topic, and the service that has it. */
export interface PublishTarget extends PubSubOptions {
  readonly topic: string
}

const fullName = /^projects\/([^/\s]+)\/topics\/[^/\s]+$/

/**
 * Find where a topic is: in the emulator of PUBSUB_EMULATOR_HOST, or of `landfall local`. A topic
 * of Google Cloud must be named in full, so that no command publishes to it by accident.
 *
 * @throws {Complaint} what is missing
 */
export async function findPublishTarget(
  topic: string,
  env: Readonly<Record<string, string | undefined>>
): Promise<PublishTarget> {
  const emulatorHost = env['PUBSUB_EMULATOR_HOST']
  if (emulatorHost) await mustListen(emulatorHost, 'PUBSUB_EMULATOR_HOST')
  const named = fullName.exec(topic)?.[1]
  if (named) return { topic, projectId: named, emulatorHost }
  const local = await readLocalState()
  const projectId = env['GOOGLE_CLOUD_PROJECT'] || local?.projectId || 'landfall-local'
  if (emulatorHost) return { topic, projectId, emulatorHost }
  if (local) return { topic, projectId: local.projectId, emulatorHost: local.pubsubEmulatorHost }
  throw new Complaint(
    'No `landfall local` runs in this folder, and PUBSUB_EMULATOR_HOST is not set; ' +
      'name a topic of Google Cloud as --topic projects/PROJECT/topics/TOPIC'
  )
}
