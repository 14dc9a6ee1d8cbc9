import { Failure } from '../../src/failures.ts'

/** Run a function that must refuse, and return its refusal: `CODE: message`. */
export function refusal(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof Failure) return `${error.code}: ${error.message}`
    throw error
  }
  throw new Error('nothing was refused')
}
