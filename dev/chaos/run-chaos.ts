import { setTimeout as sleep } from 'node:timers/promises'
import { readContracts } from '../../src/read-schemas.ts'
import { prepareEmulatorEnvironment } from '../../src/store/spanner/prepare-emulator-environment.ts'
import { faultsOf, type ProfileName } from '../faults/fault-profiles.ts'
import { createGrpcProxy, type GrpcProxy } from '../faults/grpc-proxy.ts'
import { startSpannerEmulator } from '../local/emulator.ts'
import { createRandom } from '../simulator/random.ts'
import { type ChaosProcess, startChaosProcess } from './chaos-process.ts'
import { createPushes } from './chaos-push.ts'
import { createFindings, type Findings } from './findings.ts'
import { type AnswerJudge, createAnswerJudge } from './judge-answers.ts'
import { judgeTables } from './judge-tables.ts'
import { deliverAllAgain } from './repetition.ts'
import { type SenderOptions, sendUntil } from './senders.ts'
import { createTableReader, type TableReader, tableNames } from './tables.ts'
import { createTableWatch, watchedTables } from './watch-tables.ts'

export interface ChaosOptions {
  readonly seed: number
  readonly seconds: number
  /** Processes of the service. */
  readonly processes: number
  readonly faults: readonly ProfileName[]
  /** The environment of this process, which the Spanner client reads too. */
  readonly env: Record<string, string | undefined>
  /** Told what happens now. */
  readonly note: (line: string) => void
}

export interface ChaosReport {
  readonly findings: Findings
  /** Events that differ. */
  readonly events: number
  /** Answers by status, and verdicts by name. */
  readonly answers: ReadonlyMap<string, number>
  /** Calls to Spanner that were disturbed, by profile. */
  readonly disturbed: ReadonlyMap<string, number>
  /** What was done to processes. */
  readonly signals: ReadonlyMap<string, number>
  /** How often the rows were looked at while the faults lasted. */
  readonly looks: number
}

/** Everything of a run. */
interface Stage extends ChaosOptions {
  readonly proxy: GrpcProxy
  readonly reader: TableReader
  readonly services: readonly ChaosProcess[]
  readonly findings: Findings
  readonly judge: AnswerJudge
}

type Counts = Map<string, number>

const database = 'projects/landfall-chaos/instances/chaos/databases/chaos'
const pace = { perSecond: 25, atOnce: 40 }
const hangUps = 0.03
const settledWithinMs = 90_000
const readyWithinMs = 30_000

/**
 * Run several processes of the service on one emulator database, through faults, signals and kills,
 * then let all be quiet and judge the rows and every answer. Nothing of it is left.
 *
 * @throws {Complaint} when the emulator or a process does not start, or the emulator ends: then the
 * run proves nothing
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { env, note } = options
  const emulator = await startSpannerEmulator({ path: env['PATH'] })
  const stopped: (() => unknown)[] = []
  try {
    env['SPANNER_EMULATOR_HOST'] = emulator.host
    prepareEmulatorEnvironment(env)
    note('Creating the database')
    const work = setStage(options, emulator.host, stopped).then(play)
    return await Promise.race([work, emulator.died])
  } finally {
    for (const stop of stopped.reverse()) await stop()
    await emulator.stop()
  }
}

async function setStage(
  options: ChaosOptions,
  emulatorHost: string,
  stopped: (() => unknown)[]
): Promise<Stage> {
  const { tables } = await readContracts('schemas')
  const { applySchema } = await import('../../src/store/spanner/apply.ts')
  await applySchema({ database, tables, emulator: true })
  const reader = createTableReader(database)
  stopped.push(reader.close)
  await reader.addConstraint()
  const proxy = await createGrpcProxy(emulatorHost, { inTurn: true })
  stopped.push(proxy.close)
  const findings = createFindings()
  const starting = Array.from({ length: options.processes }, (_each, n) =>
    startChaosProcess({ name: `process ${n + 1}`, env: serviceEnv(options, proxy), findings })
  )
  for (const started of starting) {
    void started.then(({ kill }) => stopped.push(kill)).catch(() => undefined)
  }
  const services = await Promise.all(starting)
  return { ...options, reader, proxy, services, findings, judge: createAnswerJudge(findings) }
}

/** Nothing of the environment but the path: a run depends on its seed. */
function serviceEnv({ env }: ChaosOptions, proxy: GrpcProxy) {
  return {
    PATH: env['PATH'],
    HOST: '127.0.0.1',
    SPANNER_DATABASE: database,
    SPANNER_EMULATOR_HOST: proxy.host,
    LOG_LEVEL: 'error'
  }
}

async function play(stage: Stage): Promise<ChaosReport> {
  const { seed, seconds, judge, findings, proxy, note } = stage
  const over = AbortSignal.timeout(seconds * 1000)
  const givenUp = AbortSignal.timeout(seconds * 1000 + settledWithinMs)
  const senders: SenderOptions = {
    ...{ processes: stage.services, judge, random: createRandom(seed), hangUps, givenUp }
  }
  note(`Faults for ${seconds} s`)
  const next = createPushes(createRandom(seed + 1))
  const sending = sendUntil(over, next, pace, senders)
  const [disturbed, signals, looks] = await Promise.all([
    injectFaults(stage, over),
    sendSignals(stage, over),
    watchTables(stage, over)
  ])
  proxy.fault = () => undefined
  note('Quiet: waiting until every event is acknowledged')
  await sending
  await Promise.all(stage.services.map((service) => mustBeReady(service, findings)))
  note('Judging the rows')
  judgeTables(findings, judge, await stage.reader.read(tableNames))
  note('Delivering everything again')
  const events = judge.events()
  const again = { ...senders, hangUps: 0, givenUp: AbortSignal.timeout(settledWithinMs) }
  await deliverAllAgain(events, again, findings, stage.reader)
  await Promise.all(stage.services.map(({ stop }) => stop()))
  return { findings, events: events.length, answers: judge.counts, disturbed, signals, looks }
}

/** One kind of trouble after another, each for some seconds, until the signal is aborted. */
async function injectFaults(
  { seed, faults, proxy, note }: Stage,
  over: AbortSignal
): Promise<Counts> {
  const random = createRandom(seed + 2)
  const disturbed: Counts = new Map()
  let left: ProfileName[] = []
  while (!over.aborted) {
    if (left.length === 0) left = [...faults]
    const [name] = left.splice(random.int(0, left.length - 1), 1)
    if (name === undefined) break
    note(`  ${name}`)
    const faultOf = faultsOf(name, random)
    proxy.fault = (method) => {
      const fault = faultOf(method)
      if (fault) count(disturbed, name)
      return fault
    }
    await pause(random.int(2000, 6000), over)
  }
  return disturbed
}

const misdeeds = ['SIGKILL', 'SIGTERM', 'SIGSTOP'] as const

/** Kill, stop or pause one process after another, until the signal is aborted. */
async function sendSignals({ seed, services, note }: Stage, over: AbortSignal): Promise<Counts> {
  const random = createRandom(seed + 3)
  const signals: Counts = new Map()
  const [first, ...others] = services
  if (!first) return signals
  for (;;) {
    await pause(random.int(3000, 8000), over)
    if (over.aborted) return signals
    const service = random.pick([first, ...others])
    const misdeed = random.pick(misdeeds)
    note(`  ${misdeed} to ${service.name}`)
    count(signals, misdeed)
    if (misdeed === 'SIGKILL') await service.crash()
    else if (misdeed === 'SIGTERM') await service.restart()
    else await service.pause(random.int(500, 4000))
  }
}

const betweenLooksMs = 2000

async function watchTables({ reader, judge, findings }: Stage, over: AbortSignal): Promise<number> {
  const watch = createTableWatch(findings)
  let looks = 0
  while (!over.aborted) {
    const tables = await reader.read(watchedTables)
    watch.look(tables, new Map(judge.events().map((event) => [event.key, event])))
    looks += 1
    await pause(betweenLooksMs, over)
  }
  return looks
}

async function mustBeReady({ name, client }: ChaosProcess, findings: Findings): Promise<void> {
  const late = AbortSignal.timeout(readyWithinMs)
  while (!late.aborted) {
    const answer = await client.get('/health/ready').catch(() => undefined)
    if (answer?.status === 200) return
    await pause(200, late)
  }
  findings.violated('alive', `${name}: is not ready ${readyWithinMs} ms after the faults`)
}

const count = (counts: Counts, name: string) => counts.set(name, (counts.get(name) ?? 0) + 1)

/** Wait so long, or until the signal is aborted. */
const pause = (ms: number, signal: AbortSignal) =>
  sleep(ms, undefined, { signal }).catch(() => undefined)
