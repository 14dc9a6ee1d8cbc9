import { dirname, join } from 'node:path'
import { type BenchRun, baseline, type Findings, serverEnv } from '../bench-run.ts'
import { compare, type Round } from '../comparison.ts'
import { startServer } from '../process/server.ts'
import { bundle } from './bundle.ts'

const limitMs = 400

/**
 * Start the service until it is ready, against a bare server with a Spanner client. Both are one
 * file and have Node's compile cache from a start before. A service that is built already is used
 * as it is.
 */
export async function start(run: BenchRun): Promise<Findings> {
  const other = await bundle(baseline('bare-start'))
  const landfall = run.entry.endsWith('.ts') ? await bundle(run.entry) : run.entry
  const ready = async (entry: string) => {
    const env = { ...serverEnv(run), NODE_COMPILE_CACHE: join(dirname(other), 'cache') }
    const { readyMs, stop } = await startServer({ entry, pin: run.pin, env, probed: false })
    await stop()
    return readyMs
  }
  const round = async (): Promise<Round> => ({
    landfall: await ready(landfall),
    other: await ready(other)
  })
  await round()
  const rounds: Round[] = []
  while (rounds.length < run.rounds) rounds.push(await round())
  const named = { what: 'start to ready, bundled', unit: 'ms' }
  const limits = rounds.map((one) => ({ landfall: one.landfall, other: limitMs }))
  return {
    comparisons: [
      compare(
        { ...named, against: 'bare Fastify + Spanner client', reach: { atMost: 1.3 } },
        rounds
      ),
      compare({ ...named, against: 'the limit', reach: { atMost: 1 } }, limits)
    ]
  }
}
