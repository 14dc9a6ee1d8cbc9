import type { Command, Surroundings } from '../../src/cli/command.ts'
import { createProgress, type Progress } from '../../src/cli/progress.ts'
import { startTokenIssuer } from '../local/token-issuer.ts'
import { answerDifferences } from '../simulator/answer-differences.ts'
import { expectRows } from '../simulator/expect.ts'
import { createHttpClient, type HttpClient } from '../simulator/http-client.ts'
import { readOutcomes } from '../simulator/outcomes.ts'
import { createAuthorization } from '../simulator/push-token.ts'
import type { Push } from '../simulator/pushes.ts'
import { runDifferences } from '../simulator/run-differences.ts'
import { type Script, wholeEvents, writeScript } from '../simulator/script.ts'
import { type Simulated, simulate } from '../simulator/simulate.ts'
import { type Tally, tally } from '../simulator/tally.ts'
import { envelopesByName, parseSendOrder, type SendOrder } from './send-options.ts'
import { differenceLines, tallyLines } from './send-report.ts'

const help = `landfall send: push events to a running service as Pub/Sub and Eventarc do.

  landfall send --expect     1000 events of the shipped contracts, then compare what can be read

  --url URL            origin of the service (default: http://localhost:8080)
  --count N            different events (default: 1000)
  --seed S             the same seed, count and poison send the same events, with keys that begin
                       S-COUNT-POISON- and disturb no other run (default: 1)
  --duplicates PERCENT events that come again, and of those again (default: 25)
  --late PERCENT       events that come long after later ones (default: 4)
  --poison PERCENT     events that are broken, every kind at least once from --count 100 on;
                       0 sends none (default: 4)
  --envelope NAME      only this one; may be repeated (default: all, and a message without event):
                       ${Object.keys(envelopesByName).slice(0, 5).join(', ')},
                       ${Object.keys(envelopesByName).slice(5).join(', ')}
  --ordered            give each subject its ordering key: in order, one outstanding message each

  --concurrency N      outstanding pushes at most (default: 64); slow start begins with 4, doubles
                       while over 99 % acknowledge within a second, and halves otherwise
  --rate R             R messages per second instead, however they are answered; latency counts from
                       the time a message was due, so that no stall is hidden
  --max-attempts N     then a message counts as never acknowledged (default: 20)
  --max-backoff MS     pauses double from 100 ms up to this (default: 2000, for a laptop; Pub/Sub
                       goes up to 60000)
  --ack-deadline S     seconds that an answer is waited for (default: 10)

  --audience A --service-account EMAIL
                       sign every push for a service with PUSH_AUTH=oidc
  --certs-port PORT    where it finds the keys: PUSH_CERTS_URL=http://127.0.0.1:PORT/certs
                       (default: 8088)

  --expect             compare verdicts and the rows that the read API shows with what these events
                       come to; reads whole collections, with the API key in LANDFALL_API_KEY if set
  --json               print the result as one JSON object

Anything but 102, 200, 201, 202 and 204 is delivered again, and so is what is not answered.
Exit codes: 0 all is acknowledged, and as expected; 1 not so; 2 not a command.
`

/** `landfall send`: push the events of a seed, and say what became of them. */
export const send: Command = async (args, around) => {
  const order = parseSendOrder(args)
  if (!order) {
    around.print(help.trimEnd())
    return 0
  }
  const progress = createProgress(process.stderr)
  const issuer = order.signed && (await startTokenIssuer(order.signed.certsPort))
  if (issuer) around.printError(`The service needs PUSH_CERTS_URL=${issuer.url}`)
  const key = around.env['LANDFALL_API_KEY']
  const client = createHttpClient(order.origin, {
    sockets: 'rate' in order.pace ? 1000 : order.pace.concurrency,
    timeoutMs: order.ackDeadlineMs,
    ...(order.signed &&
      issuer && {
        postHeaders: createAuthorization(issuer, order.signed, () => performance.now())
      }),
    ...(key && { getHeaders: { 'x-api-key': key } })
  })
  try {
    if (await answers(client)) return await sendWith(client, order, { ...around, progress })
    around.printError(`landfall: nothing answers at ${order.origin}`)
    return 1
  } finally {
    progress.end()
    client.close()
    await issuer?.close()
  }
}

const answers = (client: HttpClient) =>
  client.get('/health/live').then(
    () => true,
    () => false
  )

async function sendWith(
  client: HttpClient,
  order: SendOrder,
  { progress, print }: Surroundings & { readonly progress: Progress }
): Promise<number> {
  const script = writeScript(order.script)
  const { pushes } = script
  progress.begin(`Sending ${pushes.length} messages to ${order.origin}`)
  const simulated = await simulate(pushes, {
    ...order,
    post: client.post,
    onSettled: (done) => progress.at(done, pushes.length)
  })
  if (order.expect) progress.begin('Reading back')
  const differences = order.expect ? await compare(client, order, script, simulated) : undefined
  progress.end()
  const counts = tally(simulated)
  for (const line of tell(order, counts, differences)) print(line)
  const failed = counts.neverAcknowledged + (differences?.length ?? 0)
  return failed > 0 ? 1 : 0
}

function tell(
  { json, script: { run, seed, count } }: SendOrder,
  counts: Tally,
  differences: readonly string[] | undefined
): readonly string[] {
  if (json) return [JSON.stringify({ run, seed, events: count, ...counts, differences })]
  return [...tallyLines(counts), ...(differences ? ['', ...differenceLines(differences)] : [])]
}

async function compare(
  client: HttpClient,
  { script: { run } }: SendOrder,
  script: Script,
  { pushed }: Simulated<Push>
): Promise<readonly string[]> {
  const expected = expectRows(wholeEvents(script))
  return [
    // Another run of the seed may have been first, and an answer may have been lost.
    ...answerDifferences(readOutcomes(pushed), { eventsAreNew: false }),
    ...(await runDifferences(client, expected, run))
  ]
}
