import { Failure } from '../../failures.ts'

/** Say that the value at a pointer cannot be stored. @throws {Failure} VALUE_INVALID, always */
export function refuseValue(pointer: string, message: string): never {
  throw new Failure('VALUE_INVALID', `${pointer}: ${message}`)
}
