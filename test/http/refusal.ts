import { Failure } from '../../src/failures.ts'

/** Run something that must refuse, and give back how: `CODE: message`. */
export function refusal(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof Failure) return `${error.code}: ${error.message}`
    throw error
  }
  throw new Error('nothing was refused')
}
