import type { Json } from '../../delivery/event.ts'
import { refuseValue } from './refuse-value.ts'

const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i

/**
 * Take a UUID in the text form of RFC 9562 section 4, in lower case.
 *
 * @throws {Failure} VALUE_INVALID
 */
export function toUuid(value: Json, pointer: string): string {
  return typeof value === 'string' && uuid.test(value)
    ? value.toLowerCase()
    : refuseValue(pointer, 'is not a UUID such as 2d1c4a3e-0f5b-4c6d-8e7f-001122334455')
}
