import { expect, test } from 'vitest'
import { Failure } from '../src/failures.ts'
import { createReadiness } from '../src/readiness.ts'
import { openBreakableStore } from './commit/breakable-store.ts'

async function setUp() {
  const clock = { ms: 0 }
  const said: (string | undefined)[] = []
  const state = { mismatches: [] as { table: string; message: string }[] }
  const store = { ...(await openBreakableStore()), verify: async () => state.mismatches }
  const readiness = createReadiness(
    store,
    [],
    () => clock.ms,
    ({ failure }) => said.push(failure?.code)
  )
  return { clock, said, state, readiness }
}

const outage = new Failure('STORE_UNAVAILABLE', 'down')

test('reports once when the service stops being ready, and once when it is ready again', async () => {
  const { clock, said, readiness } = await setUp()
  await readiness.check()
  expect(said).toEqual([])
  readiness.committed(outage)
  await readiness.check()
  await readiness.check()
  expect(said).toEqual(['STORE_UNAVAILABLE'])
  clock.ms += 30_000
  await readiness.check()
  await readiness.check()
  expect(said).toEqual(['STORE_UNAVAILABLE', undefined])
})

test('reports at the first check that the tables differ', async () => {
  const { said, state, readiness } = await setUp()
  state.mismatches = [{ table: 'items', message: 'a column is missing' }]
  await readiness.check()
  expect(said).toEqual(['SCHEMA_DRIFT'])
  expect(readiness.last()).toEqual({ ready: false, drift: 1 })
})
