import { parseOptions, usageError, wholeNumber } from '../../src/cli/command.ts'
import { type EnvelopeName, envelopes } from '../simulator/envelopes.ts'
import type { Identity } from '../simulator/push-token.ts'
import type { ScriptOptions } from '../simulator/script.ts'
import type { SimulateOptions } from '../simulator/simulate.ts'

/** What `landfall send` is to do. */
export interface SendOrder {
  readonly origin: string
  readonly script: Required<ScriptOptions>
  readonly pace: SimulateOptions['pace']
  readonly maxAttempts: number
  readonly maxBackoffMs: number
  readonly ackDeadlineMs: number
  /** Sign pushes with a key set that is served at this port. */
  readonly signed: (Identity & { readonly certsPort: number }) | undefined
  readonly expect: boolean
  readonly json: boolean
}

/** What `--envelope` is given. */
export const envelopesByName: Readonly<Record<string, EnvelopeName>> = {
  binary: 'CloudEvents binary',
  structured: 'CloudEvents structured',
  batch: 'CloudEvents batch',
  wrapped: 'Pub/Sub wrapped, binary event',
  'wrapped-structured': 'Pub/Sub wrapped, structured event',
  unwrapped: 'Pub/Sub unwrapped',
  'eventarc-fallback': 'Eventarc fallback',
  eventarc: 'Eventarc messagePublished'
}

const usage = 'usage: landfall send [--url URL] [--count N] [--seed S] …; see landfall send --help'
const options = {
  url: { type: 'string', default: 'http://localhost:8080' },
  count: { type: 'string', default: '1000' },
  seed: { type: 'string', default: '1' },
  concurrency: { type: 'string' },
  rate: { type: 'string' },
  duplicates: { type: 'string', default: '25' },
  late: { type: 'string', default: '4' },
  poison: { type: 'string', default: '4' },
  envelope: { type: 'string', multiple: true },
  ordered: { type: 'boolean', default: false },
  'max-attempts': { type: 'string', default: '20' },
  'max-backoff': { type: 'string', default: '2000' },
  'ack-deadline': { type: 'string', default: '10' },
  audience: { type: 'string' },
  'service-account': { type: 'string' },
  'certs-port': { type: 'string', default: '8088' },
  expect: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false }
} as const

type Values = ReturnType<typeof parseValues>

/** Read the command line; undefined when it asks for help. @throws a usage error */
export function parseSendOrder(args: readonly string[]): SendOrder | undefined {
  const values = parseValues(args)
  if (values.help) return undefined
  return {
    origin: parseOrigin(values.url),
    script: parseScript(values),
    pace: parsePace(values),
    maxAttempts: wholeNumber('max-attempts', values['max-attempts'], 1, 1000),
    maxBackoffMs: wholeNumber('max-backoff', values['max-backoff'], 100, 60_000),
    ackDeadlineMs: wholeNumber('ack-deadline', values['ack-deadline'], 1, 600) * 1000,
    signed: parseIdentity(values),
    expect: values.expect,
    json: values.json
  }
}

function parseValues(args: readonly string[]) {
  const { values, positionals } = parseOptions(args, options, usage)
  if (positionals.length > 0) throw usageError(usage)
  return values
}

function parseOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isHttp = url && ['http:', 'https:'].includes(url.protocol)
  if (isHttp && `${url.origin}/` === url.href) return url.origin
  throw usageError('--url must be the origin of a service, such as http://localhost:8080')
}

/** Events depend on seed, count and poison; their keys begin with all three. */
function parseScript(values: Values): SendOrder['script'] {
  const seed = wholeNumber('seed', values.seed, 0, 2 ** 32 - 1)
  const count = wholeNumber('count', values.count, 1, 100_000)
  const poison = wholeNumber('poison', values.poison, 0, 100)
  return {
    seed,
    count,
    poison: poison / 100,
    duplicates: wholeNumber('duplicates', values.duplicates, 0, 90) / 100,
    late: wholeNumber('late', values.late, 0, 100) / 100,
    envelopes: values.envelope?.map(parseEnvelope) ?? envelopes,
    ordered: values.ordered,
    run: `${seed}-${count}-${poison}-`
  }
}

function parseEnvelope(name: string): EnvelopeName {
  const known = Object.hasOwn(envelopesByName, name) ? envelopesByName[name] : undefined
  if (known) return known
  throw usageError(`--envelope must be one of ${Object.keys(envelopesByName).join(', ')}`)
}

function parsePace({ rate, concurrency }: Values): SendOrder['pace'] {
  if (rate === undefined) {
    return { concurrency: wholeNumber('concurrency', concurrency ?? '64', 1, 1000) }
  }
  if (concurrency !== undefined) throw usageError('--rate and --concurrency exclude each other')
  return { rate: wholeNumber('rate', rate, 1, 100_000) }
}

function parseIdentity(values: Values): SendOrder['signed'] {
  const { audience, 'service-account': serviceAccount } = values
  if (audience === undefined && serviceAccount === undefined) return undefined
  if (!audience || !serviceAccount) {
    throw usageError('--audience and --service-account go together')
  }
  const certsPort = wholeNumber('certs-port', values['certs-port'], 0, 65_535)
  return { audience, serviceAccount, certsPort }
}
