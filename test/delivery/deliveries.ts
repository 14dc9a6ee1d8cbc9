import { expect } from 'vitest'
import { type Arrival, decode } from '../../src/delivery/decode.ts'
import type { CloudEvent, Delivery } from '../../src/delivery/event.ts'

export type Body = string | Buffer | object

/** Make a delivery; an object as body is sent as JSON. */
export function delivery(headers: Record<string, string | string[]>, body: Body = ''): Delivery {
  return {
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, lines]) => [name, [lines].flat()])
    ),
    body: Buffer.isBuffer(body)
      ? body
      : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  }
}

/** Decode a delivery that carries one event. */
export function decodeOne(headers: Record<string, string | string[]>, body: Body = ''): Arrival {
  const arrivals = decode(delivery(headers, body))
  expect(arrivals).toHaveLength(1)
  return arrivals[0] as Arrival
}

export function eventOf(arrival: Arrival): CloudEvent {
  if ('reason' in arrival) throw new Error(`refused: ${JSON.stringify(arrival.reason)}`)
  return arrival.event
}

/** The decoded events, without their provenance. */
export function contentOf({ provenance: _, ...content }: Arrival) {
  return content
}

/** The code of a refusal, or `accepted`. */
export function codeOf(arrival: Arrival): string {
  return 'reason' in arrival ? arrival.reason.code : 'accepted'
}

export const structured = { 'content-type': 'application/cloudevents+json' }
export const batch = { 'content-type': 'application/cloudevents-batch+json' }
export const json = { 'content-type': 'application/json' }

/** The headers of a whole event in binary mode. */
export const binary = {
  'ce-specversion': '1.0',
  'ce-id': '1',
  'ce-source': '//shop',
  'ce-type': 'com.example.t',
  ...json
}

/** A whole event in the JSON format. */
export const event = { specversion: '1.0', id: '1', source: '//shop', type: 'com.example.t' }

export const subscription = 'projects/p/subscriptions/s'

/** A wrapped push with these members of its message. */
export function push(message: object, rest: object = {}): object {
  return { message: { messageId: '77', ...message }, subscription, ...rest }
}

export const base64 = (text: string) => Buffer.from(text).toString('base64')
