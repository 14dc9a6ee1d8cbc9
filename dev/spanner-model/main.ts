import { type Delays, type ModelOptions, serveModel } from './serve-model.ts'

/**
 * The process of the model. It is told its databases and delays in the first message, tells its
 * address, and then its usage at every message, which may bring other delays.
 */
interface Told extends ModelOptions {
  readonly delays?: Delays
}

process.once('message', async (options: Told) => {
  const model = await serveModel(options)
  process.on('message', ({ delays }: Told) => {
    if (delays) model.delays = delays
    const { user, system } = process.cpuUsage()
    process.send?.({ commits: model.counts['Commit'] ?? 0, cpuMs: (user + system) / 1000 })
  })
  process.send?.({ host: model.host })
})
process.once('disconnect', () => process.exit())
