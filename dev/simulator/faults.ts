import { type Encoded, type EnvelopeName, eventEnvelopes } from './envelopes.ts'
import { type SentEvent, type Tick, timeOf } from './sent-event.ts'

/** One way for an event to be broken, and the reason that its dead letter must have. */
export interface EventFault {
  readonly name: string
  readonly reason: string
  readonly envelopes: readonly [EnvelopeName, ...EnvelopeName[]]
  make(tick: Tick): SentEvent
  /** Break the request, where the event is valid. */
  spoil?(encoded: Encoded): Encoded
}

/** A fault in the JSON around an event would break its whole batch. */
const alone = ['CloudEvents binary', 'CloudEvents structured', 'Pub/Sub unwrapped'] as const
const structured = ['CloudEvents structured'] as const

/** Every way in which an event is broken. */
export const faults: readonly EventFault[] = [
  fault('the JSON stops in the middle', 'JSON_INVALID', alone, ({ id }) => `{"id":"${id}","val`),
  fault(
    'a key that sets a prototype',
    'JSON_KEY_FORBIDDEN',
    alone,
    ({ id }) => `{"id":"${id}","value":"x","__proto__":{"admin":true}}`
  ),
  fault(
    'nested 200 levels deep',
    'JSON_TOO_DEEP',
    alone,
    ({ id }) => `{"id":"${id}","value":${'['.repeat(200)}${']'.repeat(200)}}`
  ),
  fault(
    'a number that a double would round',
    'NUMBER_INEXACT',
    alone,
    ({ id }) => `{"id":"${id}","value":"x","price":9007199254740993}`
  ),
  fault(
    'half of an emoji',
    'VALUE_INVALID',
    eventEnvelopes,
    ({ id }) => `{"id":"${id}","value":"tea \\ud83c"}`
  ),
  fault('a required member is missing', 'DATA_INVALID', eventEnvelopes, ({ id }) =>
    JSON.stringify({ id })
  ),
  fault('a value longer than its contract allows', 'DATA_INVALID', eventEnvelopes, ({ id }) =>
    JSON.stringify({ id: id.padEnd(65, '-'), value: 'x' })
  ),
  changed('a type that no contract knows', 'EVENT_TYPE_UNKNOWN', {
    type: 'com.example.basket.abandoned.v1'
  }),
  changed('an id that is empty', 'ATTRIBUTE_MISSING', { id: '' }),
  changed('an obsolete version of CloudEvents', 'SPECVERSION_UNSUPPORTED', { specversion: '0.3' }),
  changed('a time that is not a timestamp', 'ATTRIBUTE_INVALID', { time: 'yesterday' }),
  {
    name: 'a plain message without a contract',
    reason: 'EVENT_TYPE_UNKNOWN',
    envelopes: ['Pub/Sub wrapped, plain message'],
    make: goodItem
  },
  {
    name: 'a message that is not base64',
    reason: 'BASE64_INVALID',
    envelopes: ['Pub/Sub wrapped, binary event', 'Pub/Sub wrapped, structured event'],
    make: goodItem,
    spoil: (encoded) => ({ ...encoded, body: encoded.body.replace('"data":"', '"data":"*') })
  },
  {
    name: 'an event under the wrong content type',
    reason: 'ENVELOPE_UNKNOWN',
    envelopes: structured,
    make: goodItem,
    spoil: (encoded) => ({ ...encoded, headers: { 'content-type': 'application/json' } })
  }
]

/** An item that no other event writes: if it landed, the read would show it. */
function goodItem(tick: Tick): SentEvent {
  const id = `${tick.run}poison-${tick.serial}`
  return {
    specversion: '1.0',
    id,
    source: '//example.com/shop',
    type: 'com.example.item.changed.v1',
    time: timeOf(tick),
    data: JSON.stringify({ id, value: 'must not land' })
  }
}

/** The data is broken. */
function fault(
  name: string,
  reason: string,
  envelopes: EventFault['envelopes'],
  dataOf: (event: SentEvent) => string
): EventFault {
  const make = (tick: Tick) => ({ ...goodItem(tick), data: dataOf(goodItem(tick)) })
  return { name, reason, envelopes, make }
}

/** An attribute is wrong. */
function changed(name: string, reason: string, attributes: Partial<SentEvent>): EventFault {
  const make = (tick: Tick) => ({ ...goodItem(tick), ...attributes })
  return { name, reason, envelopes: eventEnvelopes, make }
}
