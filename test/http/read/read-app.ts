import Fastify, { type FastifyInstance } from 'fastify'
import { onTestFinished } from 'vitest'
import { Failure } from '../../../src/failures.ts'
import { createAdmission } from '../../../src/http/deliver/admission.ts'
import { sendProblem } from '../../../src/http/errors.ts'
import { createReaders } from '../../../src/http/read/reader.ts'
import { readRoutes } from '../../../src/http/read/routes.ts'
import { openEmbeddedStore } from '../../../src/store/embedded/open-embedded-store.ts'
import type { Freshness, Store } from '../../../src/store/store.ts'
import type { Row } from '../../../src/values/value.ts'
import { collections } from '../collections.ts'

export const now = Date.parse('2026-11-01T12:00:00Z')

/** Rows by the name of their table. */
export type Rows = Readonly<Record<string, readonly Row[]>>

/** One question that the store was asked. */
export interface Call {
  readonly freshness: Freshness
  readonly limit?: number
}

export interface ReadApp {
  readonly app: FastifyInstance
  readonly calls: readonly Call[]
}

/** The read routes alone, over an embedded store with these rows, refusing as the server does. */
export async function readApp(rows: Rows): Promise<ReadApp> {
  const store = await openEmbeddedStore({
    file: ':memory:',
    tables: collections.map(({ table }) => table)
  })
  onTestFinished(() => store.close())
  await fill(store, rows)
  const calls: Call[] = []
  const app = Fastify()
  app.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof Failure)) throw error
    return sendProblem(reply, error)
  })
  readRoutes(app, {
    collections,
    store: recorded(store, calls),
    now: () => now,
    authorize: async () => undefined,
    admit: createReaders(createAdmission(100, 0))
  })
  return { app, calls }
}

async function fill(store: Store, rows: Rows): Promise<void> {
  const mutations = collections.flatMap(({ table }) =>
    (rows[table.name] ?? []).map((row) => ({ table, row }))
  )
  await store.commit([], () => ({ mutations, result: undefined }))
}

function recorded(store: Store, calls: Call[]): Pick<Store, 'read' | 'list'> {
  return {
    read: (table, key, columns, freshness) => {
      calls.push({ freshness })
      return store.read(table, key, columns, freshness)
    },
    list: (select, freshness) => {
      calls.push({ freshness, limit: select.limit })
      return store.list(select, freshness)
    }
  }
}
