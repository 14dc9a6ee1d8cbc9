import { setImmediate } from 'node:timers/promises'
import type { Store } from '../../src/store/store.ts'

/** A store whose commits each take one step of a time that only `run` moves. */
export interface TimedStore extends Pick<Store, 'commit' | 'verify'> {
  /** Steps so far. */
  readonly now: () => number
  /** Commits that began. */
  readonly commits: () => number
  /** Commits that were in flight at once, at most. */
  readonly atOnce: () => number
  /** Move time, one step whenever nothing else can happen, until this is settled. */
  run<T>(work: Promise<T>): Promise<T>
}

/** Let everything happen that needs no commit to end. */
async function comeToRest(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await setImmediate()
}

export function createTimedStore(store: Store): TimedStore {
  let [time, begun, most] = [0, 0, 0]
  let inFlight: (() => void)[] = []
  return {
    now: () => time,
    commits: () => begun,
    atOnce: () => most,
    verify: (tables) => store.verify(tables),
    async commit(guards, decide) {
      begun += 1
      await new Promise<void>((resolve) => {
        inFlight.push(resolve)
        most = Math.max(most, inFlight.length)
      })
      return store.commit(guards, decide)
    },
    async run(work) {
      let done = false
      const finish = () => {
        done = true
      }
      work.then(finish, finish)
      for (await comeToRest(); !done; await comeToRest()) {
        const ended = inFlight
        if (ended.length === 0) throw new Error('nothing is in flight, and the work is not done')
        inFlight = []
        time += 1
        for (const end of ended) end()
      }
      return work
    }
  }
}
