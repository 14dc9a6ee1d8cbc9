import type { PubSub } from '@google-cloud/pubsub'
import { inject, onTestFinished } from 'vitest'
import { createTopics, type Topics } from '../../dev/local/topics.ts'
import { openPubSub } from '../../src/pull/open-subscription.ts'
import { readContracts } from '../../src/read-schemas.ts'
import { type Service, startService } from '../process/start-service.ts'
import { createSpannerDatabase } from '../store/spanner-database.ts'

export interface Pipeline {
  readonly pubsub: PubSub
  readonly topics: Topics
  readonly service: Service
  /** Rows of a collection, as the read API answers them. */
  rows(path: string): Promise<readonly Record<string, unknown>[]>
  /** Verdicts, or the status of refusals, with the envelope: as the service has logged them. */
  settled(): readonly string[]
}

export interface PipelineOptions {
  readonly schemasDir?: string
  /** What the service has for Spanner. */
  readonly spannerHost?: string
}

export const projectId = 'landfall-test'
let opened = 0

/**
 * Topics of this test alone, pushed by the real Pub/Sub emulator to the real service, on a database
 * of its own in the Spanner emulator.
 */
export async function openPipeline(options: PipelineOptions = {}): Promise<Pipeline> {
  const { schemasDir = 'schemas', spannerHost = inject('spannerEmulatorHost') } = options
  const { tables } = await readContracts(schemasDir)
  const database = await createSpannerDatabase(tables)
  const service = await startService({
    SPANNER_DATABASE: database.name,
    SPANNER_EMULATOR_HOST: spannerHost,
    SCHEMAS_DIR: schemasDir
  })
  const pubsub = await openPubSub({ projectId, emulatorHost: inject('pubsubEmulatorHost') })
  opened += 1
  const name = `t${Date.now().toString(36)}-${process.pid.toString(36)}-${opened}`
  const topics = await createTopics(pubsub, { name, endpoint: `${service.url}/events` })
  onTestFinished(() => close(pubsub, topics))
  return {
    pubsub,
    topics,
    service,
    async rows(path) {
      const answer = await fetch(`${service.url}/api/v1/${path}?limit=100`)
      return (await answer.json()) as Record<string, unknown>[]
    },
    settled: () => service.lines.flatMap(settlement)
  }
}

/** An emulator that is shared must not go on pushing to a service that is gone. */
async function close(pubsub: PubSub, topics: Topics): Promise<void> {
  for (const name of Object.values<string>({ ...topics })) {
    await pubsub.subscription(name).delete()
    await pubsub.topic(name).delete()
  }
  await pubsub.close()
}

function settlement(line: string): readonly string[] {
  const { envelope, verdict, failure } = JSON.parse(line)
  return verdict || (envelope && failure) ? [`${envelope} ${verdict ?? failure}`] : []
}
