import type { Arrival } from '../../src/delivery/decode.ts'
import type { CloudEvent } from '../../src/delivery/event.ts'
import { provenanceOf } from '../../src/delivery/provenance.ts'
import type { Json } from '../../src/values/json.ts'
import { compile, thingExample, withWrites } from './schema-sets.ts'

/** An event as an arrival, as if its delivery had been decoded. */
export function arrivalOf(event: CloudEvent, inexact: readonly string[] = []): Arrival {
  const delivery = { headers: {}, body: Buffer.from(JSON.stringify(event)) }
  const known = { envelope: 'cloudevents-structured', claims: {}, metadata: {} } as const
  return {
    event,
    inexact: new Set(inexact),
    provenance: provenanceOf(delivery, known, event)
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
