import type { Random } from '../simulator/random.ts'
import type { Fault } from './grpc-proxy.ts'

/** Decide what to do with a call, by its method name. */
export type FaultOf = (method: string) => Fault | undefined

/** What a Spanner in one kind of trouble does; a profile lasts for some seconds. */
type Profile = (random: Random) => FaultOf

/** What may be disturbed without a start of the service that gives up: see `checkDatabase`. */
const anyCall = /./
const commits = /^Commit$/
const reads = /^(StreamingRead|ExecuteStreamingSql|Read|ExecuteSql)$/
const sessions = /^(Batch)?CreateSessions?$/

/** Disturb some of the calls of these methods. */
const some =
  (methods: RegExp, share: number, fault: (random: Random) => Fault): Profile =>
  (random) =>
  (method) =>
    methods.test(method) && random.chance(share) ? fault(random) : undefined

const fail = (status: number, message?: string) => (): Fault => ({
  kind: 'fail',
  status,
  ...(message && { message })
})

const lose =
  (...statuses: readonly [number, ...number[]]) =>
  (random: Random): Fault => ({ kind: 'lose', status: random.pick(statuses) })

const sessionLost = 'Session not found: projects/p/instances/i/databases/d/sessions/lost'

/** Trouble that says nothing about any event: https://grpc.io/docs/guides/status-codes/ */
const outages = {
  calm: some(anyCall, 0, fail(14)),
  'lost-answers': some(commits, 0.4, lose(14, 4, 2, 1)),
  'lost-connections': some(commits, 0.2, (random) => ({
    kind: random.pick(['reset', 'hang-up']),
    after: true
  })),
  'lost-in-a-hole': some(commits, 0.3, () => ({ kind: 'hang', after: true })),
  unavailable: some(anyCall, 0.6, fail(14)),
  down: some(anyCall, 1, fail(14)),
  exhausted: some(anyCall, 0.5, fail(8)),
  deadline: some(anyCall, 0.4, fail(4)),
  aborted: some(commits, 0.6, fail(10)),
  'aborted-always': some(commits, 1, fail(10)),
  'session-lost': some(anyCall, 0.2, fail(5, sessionLost)),
  'permission-lost': some(anyCall, 1, fail(7)),
  'credentials-lost': some(anyCall, 0.5, fail(16)),
  'table-lost': some(commits, 0.5, fail(5, 'Table not found: items')),
  resets: some(anyCall, 0.2, () => ({ kind: 'reset' })),
  'hang-ups': some(anyCall, 0.1, () => ({ kind: 'hang-up' })),
  'black-hole': some(anyCall, 1, () => ({ kind: 'hang' })),
  'black-hole-commits': some(commits, 0.5, () => ({ kind: 'hang' })),
  'black-hole-reads': some(reads, 0.5, () => ({ kind: 'hang' })),
  'black-hole-sessions': some(sessions, 1, () => ({ kind: 'hang' })),
  slow: some(anyCall, 0.5, (random) => ({ kind: 'delay', ms: random.int(0, 600) }))
} as const satisfies Readonly<Record<string, Profile>>

/** Statuses that may also mean that a row is at fault, at random: no event may be blamed for them. */
const accusations = {
  internal: some(commits, 0.6, fail(13)),
  'internal-always': some(commits, 1, fail(13)),
  'internal-reads': some(reads, 0.4, fail(13)),
  'internal-lost': some(commits, 0.5, lose(13, 15)),
  'data-loss': some(commits, 0.6, fail(15)),
  refused: (random) => some(commits, 0.6, fail(random.pick([3, 6, 9, 11])))(random),
  'refused-always': (random) => some(commits, 1, fail(random.pick([3, 6, 9, 11])))(random),
  'refused-everything': some(anyCall, 0.8, fail(9))
} as const satisfies Readonly<Record<string, Profile>>

const profiles = { ...outages, ...accusations }

export type ProfileName = keyof typeof profiles

export const isProfile = (name: string): name is ProfileName => Object.hasOwn(profiles, name)

/** Every profile, by group. */
export const profileNames = {
  outages: Object.keys(outages).filter(isProfile),
  accusations: Object.keys(accusations).filter(isProfile)
} as const

/** Make the faults of a profile, the same for the same seed and calls. */
export const faultsOf = (name: ProfileName, random: Random): FaultOf => profiles[name](random)

/** Give each of these faults to one call of its method, in this order, and none to all others. */
export function inScript(steps: readonly (readonly [method: string, fault: Fault])[]): FaultOf {
  const left = [...steps]
  return (method) => (left[0]?.[0] === method ? left.shift()?.[1] : undefined)
}
