import { parse } from 'yaml'
import { type Answer, type Call, fileOf, openStandIn, type StandIn } from './stand-in.ts'

/** The fault of a call: it replaces or follows the normal effect. */
export type Play =
  | 'fails'
  | 'fails after it has worked'
  | 'hangs'
  | { readonly says: string; readonly status?: number }
  | { readonly signal: NodeJS.Signals }

export interface Fault {
  readonly at: RegExp
  /** Only while the new revision has this percentage. */
  readonly percent?: number
  readonly play: Play
  /** How often; by default always. */
  readonly times?: number
}

export interface Manifest {
  readonly spec: {
    readonly template: { readonly metadata: { readonly name: string } }
    readonly traffic: readonly { revisionName: string; percent: number; tag: string }[]
  }
}

export interface GoogleCloud extends StandIn {
  /** Percent by revision. */
  traffic: Record<string, number>
  tags: Record<string, string>
  readonly revisions: string[]
  /** What was deployed last. */
  deployed: Manifest | undefined
  /** The process that receives the signals. */
  pid: number
  fault(fault: Fault): void
}

const serviceUrl = 'https://landfall-1.run.app'
const good: Answer = { status: 0, output: '' }
const says = (output: string, status = 0): Answer => ({ status, output })

/** Simulate one Cloud Run service, its log and its metrics, as far as a canary uses them. */
export async function openGoogleCloud(): Promise<GoogleCloud> {
  const faults: (Fault & { left: number })[] = []
  const standIn = await openStandIn((call) => play(cloud, faults, call))
  const cloud: GoogleCloud = {
    ...standIn,
    traffic: { 'landfall-old': 100 },
    tags: {},
    revisions: ['landfall-old'],
    deployed: undefined,
    pid: 0,
    fault: (fault) => void faults.push({ ...fault, left: fault.times ?? Number.POSITIVE_INFINITY })
  }
  return cloud
}

function play(
  cloud: GoogleCloud,
  faults: (Fault & { left: number })[],
  call: Call
): Answer | undefined {
  const percent = percentOfNew(cloud)
  const fault = faults.find(
    (one) =>
      one.left > 0 &&
      one.at.test(call.text) &&
      (one.percent === undefined || one.percent === percent)
  )
  if (!fault) return perform(cloud, call)
  fault.left -= 1
  const { play: played } = fault
  if (played === 'hangs') return undefined
  if (played === 'fails') return says('', 1)
  if (typeof played !== 'string' && 'says' in played) return says(played.says, played.status)
  const answer = perform(cloud, call)
  if (played === 'fails after it has worked') return says('', 1)
  process.kill(cloud.pid, played.signal)
  return answer
}

export const percentOfNew = ({ traffic }: GoogleCloud) =>
  Object.entries(traffic).find(([name]) => name !== 'landfall-old')?.[1] ?? 0

function perform(cloud: GoogleCloud, call: Call): Answer {
  const [, done = unknown] = performed.find(([pattern]) => pattern.test(call.text)) ?? []
  return done(cloud, call)
}

const unknown = (_: GoogleCloud, { text }: Call): Answer => says(`what is ${text}?`, 64)

const performed: readonly (readonly [RegExp, (cloud: GoogleCloud, call: Call) => Answer])[] = [
  [/^gcloud run services describe landfall --format=json$/, describe],
  [/^gcloud run services update-traffic landfall /, updateTraffic],
  [/^gcloud run services replace /, replace],
  [/^gcloud logging read /, () => good],
  [
    /^gcloud auth print-identity-token --audiences /,
    (_, call) => says(`for ${call.option('--audiences')}\n`)
  ],
  [/^gcloud auth print-access-token$/, () => says('access\n')],
  [/^curl .*https:\/\/canary---landfall-1\.run\.app\//, answerRequest],
  [/^curl .*https:\/\/monitoring\.googleapis\.com\/v1\/projects\/my-project\//s, answerQuery]
]

function describe({ traffic, tags, revisions }: GoogleCloud): Answer {
  const percents = Object.entries(traffic).map(([revisionName, percent]) => ({
    revisionName,
    percent
  }))
  const tagged = Object.entries(tags).map(([tag, revisionName]) => ({
    revisionName,
    tag,
    url: serviceUrl.replace('//', `//${tag}---`)
  }))
  const latestReadyRevisionName = revisions.at(-1)
  return says(
    JSON.stringify({
      status: { url: serviceUrl, latestReadyRevisionName, traffic: [...percents, ...tagged] }
    })
  )
}

const pairs = (list: string) =>
  list.split(',').flatMap((pair): [string, string][] => {
    const [name, value] = pair.split('=')
    return name && value ? [[name, value]] : []
  })

/** In gcloud's order: tags first, the removed ones before the new ones. */
function updateTraffic(cloud: GoogleCloud, call: Call): Answer {
  for (const tag of call.option('--remove-tags').split(',')) delete cloud.tags[tag]
  Object.assign(cloud.tags, Object.fromEntries(pairs(call.option('--update-tags'))))
  const split = pairs(call.option('--to-revisions'))
  if (split.length === 0) return good
  const percents = split.map(([name, percent]) => [name, Number(percent)] as const)
  const known = percents.every(([name]) => cloud.revisions.includes(name))
  const sum = percents.reduce((total, [, percent]) => total + percent, 0)
  if (!known || sum !== 100) return says('no such revision, or not 100 percent', 1)
  cloud.traffic = Object.fromEntries(percents)
  return good
}

function replace(cloud: GoogleCloud, { text }: Call): Answer {
  const manifest: Manifest = parse(fileOf(text.split(' ')[4] ?? ''))
  cloud.deployed = manifest
  cloud.revisions.push(manifest.spec.template.metadata.name)
  const targets = manifest.spec.traffic
  cloud.traffic = Object.fromEntries(
    targets.flatMap(({ revisionName, percent }) => (percent > 0 ? [[revisionName, percent]] : []))
  )
  cloud.tags = Object.fromEntries(targets.map(({ revisionName, tag }) => [tag, revisionName]))
  return good
}

/** The URL of the tag accepts callers with a token for the service. */
function answerRequest(_: GoogleCloud, call: Call): Answer {
  if (fileOf(call.option('--header')) !== `Authorization: Bearer for ${serviceUrl}\n`) {
    return says('{"code":"TOKEN_INVALID"}', 22)
  }
  if (call.text.endsWith('/health/ready')) return says('{"status":"ready"}')
  const event: { readonly type?: string } = JSON.parse(fileOf(call.option('--data-binary')))
  const dryRun = call.text.endsWith('/events?dryRun=true') && event.type !== undefined
  return says(JSON.stringify({ dryRun, verdict: 'applied' }))
}

function answerQuery(_: GoogleCloud, call: Call): Answer {
  const known = fileOf(call.option('--header')) === 'Authorization: Bearer access\n'
  return known ? says('{"status":"success","data":{"result":[]}}') : says('', 22)
}

/** The answer of Managed Prometheus when a sample matches the query. */
export const sample = (value: string): Play => ({
  says: JSON.stringify({ status: 'success', data: { result: [{ metric: {}, value: [0, value] }] } })
})
