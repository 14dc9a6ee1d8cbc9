import { type Given, UsageError } from '../../src/cli/command.ts'
import {
  flag,
  mustBe,
  oneOf,
  optional,
  type Read,
  repeatable,
  text,
  wholeNumber,
  withDefault
} from '../../src/cli/parameters.ts'
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
const envelopesByName: Readonly<Record<string, EnvelopeName>> = {
  binary: 'CloudEvents binary',
  structured: 'CloudEvents structured',
  batch: 'CloudEvents batch',
  wrapped: 'Pub/Sub wrapped, binary event',
  'wrapped-structured': 'Pub/Sub wrapped, structured event',
  unwrapped: 'Pub/Sub unwrapped',
  'eventarc-fallback': 'Eventarc fallback',
  eventarc: 'Eventarc messagePublished'
}

const names = Object.keys(envelopesByName)

/** Read the origin of a service. */
const origin: Read<string> = (value) => {
  const url = URL.canParse(value) ? new URL(value) : undefined
  const isHttp = url && ['http:', 'https:'].includes(url.protocol)
  if (isHttp && `${url.origin}/` === url.href) return url.origin
  throw mustBe('the origin of a service, such as http://localhost:8080', value)
}

const envelope: Read<EnvelopeName> = (value) => {
  const found = envelopesByName[oneOf(names)(value)]
  if (found) return found
  throw new Error(`there is no envelope ${value}`)
}

const percent = (max: number): Read<number> => {
  const read = wholeNumber(0, max)
  return (value) => read(value) / 100
}

/** The options of `landfall send`. */
export const sendOptions = {
  url: withDefault('url', 'origin of the service', origin, 'http://localhost:8080'),
  count: withDefault('n', 'number of different events to send', wholeNumber(1, 100_000), 1000),
  seed: withDefault(
    's',
    'seed of the events; the same seed, count and poison send the same events, with keys that ' +
      'begin S-COUNT-POISON- and disturb no other run',
    wholeNumber(0, 2 ** 32 - 1),
    1
  ),
  duplicates: optional(
    'percent',
    'events that are sent again, and of those again (default: 25)',
    percent(90)
  ),
  late: optional('percent', 'events that arrive long after later ones (default: 4)', percent(100)),
  poison: withDefault(
    'percent',
    'events that are broken, every kind at least once from --count 100 on; 0 sends none',
    wholeNumber(0, 100),
    4
  ),
  envelope: repeatable(
    'name',
    `only this one; can be repeated (default: all, and a message without event): ${names.join(', ')}`,
    envelope
  ),
  ordered: flag(
    'give each subject its ordering key: in order, one outstanding message for each subject'
  ),
  concurrency: optional(
    'n',
    'maximum number of outstanding pushes (default: 64); slow start begins with 4, doubles while over 99 % ' +
      'are acknowledged within a second, and halves otherwise',
    wholeNumber(1, 1000)
  ),
  rate: optional(
    'r',
    'number of messages to send per second instead, however they are answered; latency counts ' +
      'from the time a message was due, so that no stall is hidden',
    wholeNumber(1, 100_000)
  ),
  maxAttempts: withDefault(
    'n',
    'attempts after which a message counts as never acknowledged',
    wholeNumber(1, 1000),
    20
  ),
  maxBackoff: withDefault(
    'ms',
    'pauses double from 100 ms up to this; Pub/Sub goes up to 60000',
    wholeNumber(100, 60_000),
    2000
  ),
  ackDeadline: withDefault('s', 'seconds to wait for an answer', wholeNumber(1, 600), 10),
  audience: optional('a', 'with --service-account: sign pushes for PUSH_AUTH=oidc', text),
  serviceAccount: optional('email', 'with --audience: who the pushes are signed for', text),
  certsPort: withDefault(
    'port',
    'where the service finds the keys: PUSH_CERTS_URL=http://127.0.0.1:PORT/certs',
    wholeNumber(0, 65_535),
    8088
  ),
  expect: flag(
    'compare verdicts, and the rows that the read API shows, with the expected result; reads ' +
      'whole collections, with the API key in LANDFALL_API_KEY if set'
  ),
  json: flag('print the result as one JSON object')
}

type Values = Given<typeof sendOptions>

/** Put the options together. @throws {UsageError} when they exclude each other */
export function toSendOrder(values: Values): SendOrder {
  return {
    origin: values.url,
    script: toScript(values),
    pace: toPace(values),
    maxAttempts: values.maxAttempts,
    maxBackoffMs: values.maxBackoff,
    ackDeadlineMs: values.ackDeadline * 1000,
    signed: toIdentity(values),
    expect: values.expect,
    json: values.json
  }
}

/** Events depend on seed, count and poison; their keys begin with all three. */
function toScript({ seed, count, poison, ...values }: Values): SendOrder['script'] {
  return {
    seed,
    count,
    poison: poison / 100,
    duplicates: values.duplicates ?? 0.25,
    late: values.late ?? 0.04,
    envelopes: values.envelope ?? envelopes,
    ordered: values.ordered,
    run: `${seed}-${count}-${poison}-`
  }
}

function toPace({ rate, concurrency }: Values): SendOrder['pace'] {
  if (rate === undefined) return { concurrency: concurrency ?? 64 }
  if (concurrency !== undefined) throw new UsageError('--rate and --concurrency exclude each other')
  return { rate }
}

function toIdentity({ audience, serviceAccount, certsPort }: Values): SendOrder['signed'] {
  if (audience === undefined && serviceAccount === undefined) return undefined
  if (!audience || !serviceAccount) {
    throw new UsageError('--audience and --service-account go together')
  }
  return { audience, serviceAccount, certsPort }
}
