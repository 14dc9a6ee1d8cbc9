import { Failure } from '../../src/failures.ts'
import type { Store } from '../../src/store/store.ts'

/** Refuse every commit that writes, as Spanner does without its encryption key, while reads work. */
export function refuseWrites(store: Store): Store {
  return {
    ...store,
    commit: (guards, decide) =>
      store.commit(guards, (current) => {
        const decision = decide(current)
        if (decision.mutations.length === 0) return decision
        throw new Failure('STORE_REFUSED', 'Spanner: FAILED_PRECONDITION.')
      })
  }
}
