import type { PubSub } from '@google-cloud/pubsub'

export interface PubSubOptions {
  readonly projectId: string
  /** `host:port` of an emulator; without it, Google Cloud. */
  readonly emulatorHost?: string | undefined
}

/** Open the Pub/Sub client, which is loaded only now. The caller closes it. */
export async function openPubSub({ projectId, emulatorHost }: PubSubOptions): Promise<PubSub> {
  const { PubSub: Client } = await import('@google-cloud/pubsub')
  if (!emulatorHost) return new Client({ projectId })
  // An emulator takes no credentials; said here, the client does not look for any.
  const universeDomain = 'googleapis.com'
  return new Client({ projectId, apiEndpoint: emulatorHost, emulatorMode: true, universeDomain })
}
