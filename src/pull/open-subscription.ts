import type { PubSub } from '@google-cloud/pubsub'
import { Complaint } from '../failures.ts'
import type { Pull } from './drain.ts'

export interface PullOptions {
  /** `projects/P/subscriptions/S`. */
  readonly subscription: string
  /** Messages that will be landed at most. */
  readonly max: number
  /** `host:port` of an emulator; without it, Google Cloud. */
  readonly emulatorHost?: string | undefined
}

/** What the client has in memory at once; more is not sent. */
const held = { messages: 500, bytes: 16 * 1024 * 1024 }

/** Pull a subscription with Google's client, which extends the deadlines of its messages. */
export async function openPull({ subscription, max, emulatorHost }: PullOptions): Promise<Pull> {
  const [, projectId = ''] = subscription.split('/')
  const client = await openPubSub({ projectId, emulatorHost })
  const source = client.subscription(subscription, {
    flowControl: {
      maxMessages: Math.min(max, held.messages),
      maxBytes: held.bytes,
      allowExcessMessages: false
    }
  })
  return {
    onMessage: (listener) => void source.on('message', listener),
    onError: (listener) =>
      void source.on('error', ({ message }) =>
        listener(new Complaint(`${subscription}: ${message}`))
      ),
    async close() {
      await source.close()
      await client.close()
    }
  }
}

export interface PubSubOptions {
  readonly projectId: string
  /** `host:port` of an emulator; without it, Google Cloud. */
  readonly emulatorHost?: string | undefined
}

/** Open the Pub/Sub client, which is loaded only now. The caller closes it. */
export async function openPubSub({ projectId, emulatorHost }: PubSubOptions): Promise<PubSub> {
  const { PubSub: Client } = await import('@google-cloud/pubsub')
  if (!emulatorHost) return new Client({ projectId })
  // An emulator takes no credentials; with this, the client does not look for any.
  const universeDomain = 'googleapis.com'
  return new Client({ projectId, apiEndpoint: emulatorHost, emulatorMode: true, universeDomain })
}
