import { encode } from '../../dev/simulator/encode.ts'
import type { SentEvent } from '../../dev/simulator/sent-event.ts'

/** Number of rows: enough that two events in flight rarely write the same row. */
const items = 10_000

const firstTime = Date.parse('2026-01-01T00:00:00Z')

let serial = 0

/** Make the next event: a new version of one of the items. */
function nextEvent(valueBytes: number): SentEvent {
  serial += 1
  return {
    specversion: '1.0',
    id: `bench-${serial}`,
    source: '//example.com/shop',
    type: 'com.example.item.changed.v1',
    time: new Date(firstTime + serial).toISOString(),
    data: JSON.stringify({
      id: itemOf(serial),
      value: 'Assam tea, 250 g'.padEnd(valueBytes, '.'),
      price: '12.50'
    })
  }
}

/** Consecutive events go to items that are far apart. */
function itemOf(serial: number): string {
  return `sku-${String((serial * 7919) % items).padStart(5, '0')}`
}

/**
 * Create the function that returns the next event as a Pub/Sub push: the bytes of one HTTP request
 * to this path.
 */
export function createPushes(path: string, valueBytes = 0): () => Buffer {
  return () => {
    const event = nextEvent(valueBytes)
    const hop = { messageId: event.id, publishTime: event.time ?? '', attempt: 1 }
    const { body } = encode('Pub/Sub wrapped, structured event', event, hop)
    const head =
      `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n` +
      `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`
    return Buffer.from(head + body)
  }
}

/** The bytes of one request for this path. */
export const getRequest = (path: string): Buffer =>
  Buffer.from(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`)

/** An item that the first event of a process writes. */
export const firstItem = itemOf(1)
