import { createHistogram } from 'node:perf_hooks'
import { firstItem } from '../load/events.ts'
import { landInTransaction, openBareDatabase } from './bare-spanner.ts'

/** The client alone, without a server: makes one call after the other for a given time. */
export interface BareWork {
  readonly work: 'land' | 'read'
  readonly ms: number
}

const database = await openBareDatabase()
let serial = 0

const works = {
  land: () => {
    serial += 1
    const time = new Date(Date.parse('2027-01-01T00:00:00Z') + serial).toISOString()
    return landInTransaction(
      database,
      { id: `bare-${serial % 1000}`, value: 'red' },
      time,
      `bare-${serial}`
    )
  },
  read: () =>
    database.table('items').read({ keys: [firstItem], columns: ['id', 'value', 'event_version'] })
}

process.on('message', async ({ work, ms }: BareWork) => {
  const latency = createHistogram()
  const startedAt = performance.now()
  while (performance.now() - startedAt < ms) {
    const from = performance.now()
    await works[work]()
    latency.record(Math.round((performance.now() - from) * 1000))
  }
  process.send?.({ p50: latency.percentile(50) })
})
process.once('disconnect', () => process.exit())
process.send?.('ready')
