import { expect, test } from 'vitest'
import { createLocks, type Holder } from '../../dev/spanner-model/locks.ts'

const holder = (age: number): Holder => ({ age, usedAt: Date.now(), state: 'open' })
const aborted = { code: 10 }

/** Report whether a promise is still open after all that could settle it now has run. */
async function isWaiting(promise: Promise<unknown>): Promise<boolean> {
  let settled = false
  promise.then(
    () => (settled = true),
    () => (settled = true)
  )
  await new Promise(setImmediate)
  return !settled
}

test('lets transactions read a row together, and write different rows', async () => {
  const locks = createLocks()
  const [older, younger] = [holder(1), holder(2)]
  await locks.lock(older, ['a'], 'shared')
  await locks.lock(younger, ['a'], 'shared')
  await locks.lock(older, ['b'], 'exclusive')
  await locks.lock(younger, ['c'], 'exclusive')
})

test('aborts the younger transaction that is in the way of an older one', async () => {
  const locks = createLocks()
  const [older, younger] = [holder(1), holder(2)]
  await locks.lock(younger, ['a'], 'shared')
  await locks.lock(older, ['a'], 'exclusive')
  await expect(locks.lock(younger, ['b'], 'shared')).rejects.toMatchObject(aborted)
})

test('lets the younger transaction wait for the older one, and go on when that is over', async () => {
  const locks = createLocks()
  const [older, younger] = [holder(1), holder(2)]
  await locks.lock(older, ['a'], 'shared')
  const waiting = locks.lock(younger, ['a'], 'exclusive')
  expect(await isWaiting(waiting)).toBe(true)
  locks.release(older)
  await waiting
})

test('aborts no transaction that commits: the older one waits for it', async () => {
  const locks = createLocks()
  const [older, younger] = [holder(1), holder(2)]
  await locks.lock(younger, ['a'], 'exclusive')
  younger.state = 'committing'
  const waiting = locks.lock(older, ['a'], 'shared')
  expect(await isWaiting(waiting)).toBe(true)
  locks.release(younger)
  await waiting
})

test('ends two that want the rows of each other: the younger one is aborted', async () => {
  const locks = createLocks()
  const [older, younger] = [holder(1), holder(2)]
  await locks.lock(older, ['a'], 'shared')
  await locks.lock(younger, ['b'], 'shared')
  const waiting = locks.lock(younger, ['a'], 'exclusive')
  const failed = expect(waiting).rejects.toMatchObject(aborted)
  await locks.lock(older, ['b'], 'exclusive')
  await failed
})

test('aborts an older transaction that has been idle for ten seconds', async () => {
  const locks = createLocks()
  const [older, younger] = [holder(1), holder(2)]
  await locks.lock(older, ['a'], 'exclusive')
  older.usedAt -= 10_001
  await locks.lock(younger, ['a'], 'exclusive')
  expect(older.state).toBe('over')
})
