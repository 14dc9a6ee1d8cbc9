import { readContracts } from '../../src/read-schemas.ts'
import { type Delays, serveModel } from './serve-model.ts'

/** The process of the model: tells its address, and its usage whenever it is asked or given delays. */
const { tables } = await readContracts('schemas')
const model = await serveModel(tables, { commitMs: 5, readMs: 2 })

process.on('message', ({ delays }: { readonly delays?: Delays }) => {
  if (delays) model.delays = delays
  const { user, system } = process.cpuUsage()
  process.send?.({ commits: model.counts['Commit'] ?? 0, cpuMs: (user + system) / 1000 })
})
process.once('disconnect', () => process.exit())
process.send?.({ host: model.host })
