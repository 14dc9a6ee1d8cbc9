import type { Arrival, CloudEvent } from '../../src/delivery/event.ts'
import { eventKey } from '../../src/delivery/provenance.ts'
import type { Json } from '../../src/values/json.ts'
import { compile, thingExample, withWrites } from './schema-sets.ts'

/** An event as it arrives once its delivery is decoded. */
export function arrivalOf(event: CloudEvent, inexact: readonly string[] = []): Arrival {
  const { source, id, type } = event
  return {
    envelope: 'cloudevents-structured',
    letter: {
      id: eventKey(source, id),
      source,
      eventId: id,
      type,
      headers: {},
      body: Buffer.from(JSON.stringify(event))
    },
    content: { event, inexact: new Set(inexact) }
  }
}

/** The example event of the good set, with other data or other attributes. */
export function thingEvent(
  data: Json,
  attributes: Readonly<Record<string, Json>> = {}
): CloudEvent {
  return { ...thingExample, ...attributes, data } as unknown as CloudEvent
}

/** Plan one event with the good set and these writes. */
export function planWith(writes: readonly Json[], event: CloudEvent, inexact?: readonly string[]) {
  return compile(withWrites(...writes)).plan(arrivalOf(event, inexact))
}
