import { expect, test } from 'vitest'
import { toPubSubMessage } from '../../../dev/local/pubsub-message.ts'
import type { CloudEvent } from '../../../src/delivery/event.ts'

const event: CloudEvent = {
  specversion: '1.0',
  id: 'ü 1%',
  source: '//shop',
  type: 't',
  priority: 3,
  data: { id: 'a' }
}
const attributes = {
  'ce-specversion': '1.0',
  'ce-id': 'ü 1%',
  'ce-source': '//shop',
  'ce-type': 't',
  'ce-priority': '3'
}

test.each<[string, CloudEvent, string, string]>([
  ['JSON', event, 'application/json', '{"id":"a"}'],
  ['text as JSON', { ...event, data: 'a' }, 'application/json', '"a"'],
  ['text', { ...event, data: 'a', datacontenttype: 'text/plain' }, 'text/plain', 'a'],
  ['no data', { ...event, data: undefined } as unknown as CloudEvent, 'application/json', ''],
  [
    'bytes',
    { ...event, data: undefined, data_base64: 'AP8=', datacontenttype: 'image/png' } as never,
    'image/png',
    '\u0000\u00ff'
  ]
])('in binary mode %s is the data, beside unchanged attributes', (_name, one, type, text) => {
  const message = toPubSubMessage(one, false)
  expect(message.attributes).toEqual({ ...attributes, 'content-type': type })
  expect(message.data).toEqual(Buffer.from(text, 'latin1'))
})

test('in structured mode the event is the data', () => {
  const message = toPubSubMessage(event, true)
  expect(message.attributes).toEqual({
    'content-type': 'application/cloudevents+json; charset=utf-8'
  })
  expect(JSON.parse(message.data.toString())).toEqual(event)
})
