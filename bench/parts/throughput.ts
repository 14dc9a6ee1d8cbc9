import { type BenchRun, type Findings, startBaseline, startLandfall } from '../bench-run.ts'
import { type Comparison, compare } from '../comparison.ts'
import { createPushes } from '../load/events.ts'
import { type Measured, measure } from '../load/measure.ts'

/** The pushes at once that one instance gets, and as many as keep its core busy. */
const concurrencies = [80, 500]

const names = ['landfall', 'function', 'route'] as const

type Round = Readonly<Record<(typeof names)[number], Measured>>

const pushes = {
  landfall: createPushes('/events'),
  // The path that functions-framework expects; with another one it logs a warning for each push.
  function: createPushes('/projects/my-project/topics/items'),
  route: createPushes('/events')
}

/**
 * Land pushes as fast as possible: in the service, in a function with one transaction each, and in
 * a route that stores nothing.
 */
export async function throughput(run: BenchRun): Promise<Findings> {
  const servers = {
    landfall: await startLandfall(run),
    function: await startBaseline('function', run),
    route: await startBaseline('bare-route', run)
  }
  const one = (name: (typeof names)[number], connections: number) =>
    measure(servers[name], run.model, { connections, ms: run.ms, next: pushes[name] })
  const comparisons: Comparison[] = []
  for (const connections of concurrencies) {
    const round = async (): Promise<Round> => ({
      landfall: await one('landfall', connections),
      function: await one('function', connections),
      route: await one('route', connections)
    })
    await round()
    const rounds: Round[] = []
    while (rounds.length < run.rounds) rounds.push(await round())
    comparisons.push(...comparisonsOf(connections, rounds))
  }
  for (const name of names) await servers[name].stop()
  return { comparisons }
}

const functions = 'functions-framework, one transaction each'
const bare = 'bare Fastify route'

function comparisonsOf(connections: number, rounds: readonly Round[]): readonly Comparison[] {
  const at = `${connections} pushes at once`
  const what = `events landed, ${at}`
  const cpu = `processor time, ${at}`
  return [
    compare(
      { what, unit: '1/s', against: functions, reach: { atLeast: 10 } },
      rounds.map((round) => pair(round, 'function', 'eventsPerSecond'))
    ),
    compare(
      { what, unit: '1/s', against: bare, reach: { atLeast: 0.45 } },
      rounds.map((round) => pair(round, 'route', 'eventsPerSecond'))
    ),
    compare(
      { what: cpu, unit: 'µs/event', against: functions, reach: { atMost: 1 / 10 } },
      rounds.map((round) => pair(round, 'function', 'cpuPerEvent'))
    ),
    compare(
      { what: cpu, unit: 'µs/event', against: bare, reach: { atMost: 1 / 0.45 } },
      rounds.map((round) => pair(round, 'route', 'cpuPerEvent'))
    ),
    compare(
      { what: `commits, ${at}`, unit: 'per event', against: 'one each', reach: { atMost: 1 / 20 } },
      rounds.map(({ landfall }) => ({ landfall: landfall.commitsPerEvent, other: 1 }))
    )
  ]
}

function pair(
  round: Round,
  other: 'function' | 'route',
  figure: 'eventsPerSecond' | 'cpuPerEvent'
) {
  return { landfall: round.landfall[figure], other: round[other][figure] }
}
