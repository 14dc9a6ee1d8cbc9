import { openPubSub } from '../local/open-pubsub.ts'
import type { Pull } from './drain-subscription.ts'

export interface PullOptions {
  /** `projects/P/subscriptions/S`. */
  readonly subscription: string
  /** Messages that will be taken. */
  readonly max: number
  /** `host:port` of an emulator; without it, Google Cloud. */
  readonly emulatorHost?: string | undefined
}

/** What the client may hold at once; more is not sent. */
const held = { messages: 500, bytes: 16 * 1024 * 1024 }

/** Pull a subscription with Google's client, which extends the deadline of what it holds. */
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
      void source.on('error', (cause) => listener(pullError(`${subscription}: ${cause.message}`))),
    async close() {
      await source.close()
      await client.close()
    }
  }
}

/** What a person should do matters here; where in the code it was noticed does not. */
function pullError(message: string): Error {
  return Object.assign(new Error(message), { name: 'PullError', stack: message })
}
