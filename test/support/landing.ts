import { onTestFinished } from 'vitest'
import { createCommitter } from '../../src/commit/committer.ts'
import type { Contracts } from '../../src/contracts/contracts.ts'
import { createIngest, type Ingest } from '../../src/ingest.ts'
import { openEmbeddedStore } from '../../src/store/embedded/open-embedded-store.ts'
import type { Store } from '../../src/store/store.ts'
import { unbounded } from '../commit/commit-all.ts'

/** What lands events in a store, with limits that no test reaches. */
export function ingestInto(store: Store, contracts: Contracts): Ingest<never> {
  return createIngest(contracts, createCommitter({ ...unbounded(store), poison: 'store' }))
}

/** As `ingestInto`, but an event that cannot land is only reported. */
export function rejectingIngestInto(store: Store, contracts: Contracts): Ingest {
  return createIngest(contracts, createCommitter({ ...unbounded(store), poison: 'reject' }))
}

/** An embedded store in memory that is closed after the test. */
export async function openMemory({ tables }: Contracts): Promise<Store> {
  const store = await openEmbeddedStore({ file: ':memory:', tables })
  onTestFinished(() => store.close())
  return store
}

export async function* each<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = []
  for await (const item of items) collected.push(item)
  return collected
}

/** A structured CloudEvent as a delivery. */
export function structured(event: unknown) {
  const headers = { 'content-type': ['application/cloudevents+json'] }
  return { headers, body: Buffer.from(JSON.stringify(event)) }
}
