import { command, type Surroundings } from '../../src/cli/command.ts'
import { startTokenIssuer, type TokenIssuer } from '../local/token-issuer.ts'
import { createProgress, type Progress } from '../progress.ts'
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
import { type SendOrder, sendOptions, toSendOrder } from './send-options.ts'
import { differenceLines, tallyLines } from './send-report.ts'

/** `landfall send`: push the events of a seed, and report what became of them. */
export const send = command({
  options: sendOptions,
  details: `
\`landfall send --expect\` sends 1000 events of the shipped contracts, then compares what can be read.

Anything but 102, 200, 201, 202 and 204 is delivered again, and so is what is not answered.
Exit codes: 0 all is acknowledged, and as expected; 1 it is not; 2 usage error.`,
  async run(values, around) {
    const order = toSendOrder(values)
    const progress = createProgress(process.stderr)
    const issuer = order.signed && (await startTokenIssuer(order.signed.certsPort))
    if (issuer) around.printError(`The service needs PUSH_CERTS_URL=${issuer.url}`)
    const client = openClient(order, issuer, around.env['LANDFALL_API_KEY'])
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
})

function openClient(
  { origin, pace, ackDeadlineMs, signed }: SendOrder,
  issuer: TokenIssuer | undefined,
  key: string | undefined
): HttpClient {
  return createHttpClient(origin, {
    sockets: 'rate' in pace ? 1000 : pace.concurrency,
    timeoutMs: ackDeadlineMs,
    ...(signed &&
      issuer && { postHeaders: createAuthorization(issuer, signed, () => performance.now()) }),
    ...(key && { getHeaders: { 'x-api-key': key } })
  })
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
  for (const line of resultLines(order, counts, differences)) print(line)
  const failed = counts.neverAcknowledged + (differences?.length ?? 0)
  return failed > 0 ? 1 : 0
}

function resultLines(
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
