import { describe, expect, test, vi } from 'vitest'
import { descendants } from '../dev/local/processes.ts'
import { type Fault, type GoogleCloud, openGoogleCloud, sample } from './google-cloud.ts'
import { ended, runCanary, startCanary } from './run-canary.ts'

const waitOptions = { timeout: 20_000 }
const percents = [5, 25, 50, 100]
const noSuccess = { says: '{"status":"error","errorType":"bad_data"}' }

function expectTheWayBack(cloud: GoogleCloud, status: number | null, stderr: string): void {
  expect({ status, traffic: cloud.traffic, tags: cloud.tags }, stderr).toEqual({
    status: 1,
    traffic: { 'landfall-old': 100 },
    tags: {}
  })
}

type Row = readonly [string, Fault, string]
const whileTried: readonly Row[] = [
  ['the deployment fails', { at: /replace/, play: 'fails' }, 'exit code 1 of gcloud'],
  [
    'the deployment fails after it has begun',
    { at: /replace/, play: 'fails after it has worked' },
    'exit code 1 of gcloud'
  ],
  ['there is no identity token', { at: /identity-token/, play: 'fails' }, 'exit code 1 of gcloud'],
  [
    'the new revision is not ready',
    { at: /\/health\/ready/, play: { says: '{"code":"SCHEMA_DRIFT"}', status: 22 } },
    'not ready: {"code":"SCHEMA_DRIFT"}'
  ],
  [
    'the dry run is refused',
    { at: /dryRun/, play: { says: '{"code":"TOKEN_INVALID"}', status: 22 } },
    'the dry run is refused: {"code":"TOKEN_INVALID"}'
  ],
  [
    'the event of the dry run would not land',
    {
      at: /dryRun/,
      play: { says: '{"dryRun":true,"verdict":"dead-lettered","reason":"DATA_INVALID"}' }
    },
    'the dry run says "DATA_INVALID"'
  ],
  [
    'the event of the dry run lands, because the revision knows no dry run',
    { at: /dryRun/, play: { says: '{"verdict":"applied"}' } },
    'the dry run says {"verdict":"applied"}'
  ]
]
const whileShifted = percents.flatMap((percent): Row[] => {
  const at = new RegExp(`landfall-[0-9a-f]{10}=${percent}(,|$)`)
  return [
    [`the shift to ${percent} % fails`, { at, play: 'fails' }, 'exit code 1 of gcloud'],
    [
      `the shift to ${percent} % works and fails`,
      { at, play: 'fails after it has worked' },
      'exit code 1 of gcloud'
    ]
  ]
})
const whileWatched: readonly Row[] = [
  ...percents.map(
    (percent): Row => [
      `the log has an error at ${percent} %`,
      { at: /logging read/, percent, play: { says: 'entry-1\n' } },
      'bad sign: landfall-'
    ]
  ),
  ['the log cannot be read', { at: /logging read/, play: 'fails' }, 'cannot read its log'],
  ['there is no access token', { at: /access-token/, play: 'fails' }, 'exit code 1 of gcloud'],
  [
    'too few deliveries are acknowledged',
    { at: /acknowledged="false"/, percent: 5, play: sample('0.04') },
    'share of deliveries not acknowledged: 0.04'
  ],
  [
    'too many commits fail',
    { at: /outcome!="ok"/, percent: 25, play: sample('0.5') },
    'share of commits that failed: 0.5'
  ],
  [
    'too many events are dead letters',
    { at: /verdict="dead-lettered"/, percent: 50, play: sample('0.2') },
    'share of events dead-lettered: 0.2'
  ],
  [
    'a delivery takes too long',
    { at: /duration_seconds_sum/, percent: 100, play: sample('1.5') },
    'mean seconds of a delivery: 1.5'
  ],
  [
    'no delivery was seen',
    { at: /vector\(0\)\) < 1/, play: sample('0') },
    'number of deliveries in the metrics: 0'
  ],
  [
    'the metrics cannot be reached',
    { at: /query=/, play: { says: '', status: 28 } },
    'cannot query the share of deliveries not acknowledged'
  ],
  [
    'the metrics have no answer',
    { at: /query=/, play: noSuccess },
    'cannot query the share of deliveries not acknowledged'
  ]
]

describe('all traffic is back on the old revision, and the exit code is 1,', () => {
  test.each([...whileTried, ...whileShifted, ...whileWatched])(
    'when %s',
    async (_, fault, said) => {
      const cloud = await openGoogleCloud()
      cloud.fault(fault)
      const { status, stderr } = await runCanary(cloud)
      expectTheWayBack(cloud, status, stderr)
      expect(stderr).toContain(said)
    }
  )

  test.each<[NodeJS.Signals, RegExp]>([
    ['SIGTERM', /services replace/],
    ['SIGINT', /\/health\/ready/],
    ['SIGHUP', /=5,landfall-old/],
    ['SIGTERM', /=50,landfall-old/],
    ['SIGINT', /landfall-[0-9a-f]{10}=100$/],
    ['SIGTERM', /vector\(0\)\) < 1/]
  ])('at %s during %s', async (signal, at) => {
    const cloud = await openGoogleCloud()
    cloud.fault({ at, play: { signal }, times: 1 })
    const { status, stderr } = await runCanary(cloud)
    expectTheWayBack(cloud, status, stderr)
    expect(stderr).toContain('interrupted')
  })

  test('at SIGTERM between two looks, at once', async () => {
    const cloud = await openGoogleCloud()
    const child = startCanary(cloud, '--watch', '3600', '--interval', '3600')
    const end = ended(child)
    const queries = () => cloud.calls.filter((call) => call.includes('query='))
    await vi.waitUntil(() => queries().length === 4, waitOptions)
    await vi.waitUntil(() => descendants(cloud.pid).length === 0, waitOptions)
    child.kill('SIGTERM')
    const { status, stderr } = await end
    expectTheWayBack(cloud, status, stderr)
  })

  test('when a call hangs', async () => {
    const cloud = await openGoogleCloud()
    cloud.fault({ at: /=25,landfall-old/, play: 'hangs' })
    const { status, stderr } = await runCanary(cloud, '--timeout', '1')
    expectTheWayBack(cloud, status, stderr)
    expect(stderr).toContain('exit code 124 of gcloud run services update-traffic')
  })

  test('also when the rollback is interrupted, and fails at first', async () => {
    const cloud = await openGoogleCloud()
    cloud.fault({ at: /=25,landfall-old/, play: 'fails' })
    cloud.fault({ at: /landfall-old=100/, play: 'fails', times: 3 })
    cloud.fault({ at: /describe/, percent: 5, play: { signal: 'SIGTERM' }, times: 1 })
    const { status, stderr } = await runCanary(cloud)
    expectTheWayBack(cloud, status, stderr)
    expect(stderr).toContain('try 3 did not bring the traffic back')
  })

  test('when gcloud moves the traffic but reports that the new revision never started', async () => {
    const cloud = await openGoogleCloud()
    cloud.fault({ at: /replace/, play: 'fails after it has worked' })
    cloud.fault({ at: /landfall-old=100/, play: 'fails after it has worked' })
    const { status, stderr } = await runCanary(cloud)
    expectTheWayBack(cloud, status, stderr)
  })
})

test('when the rollback fails too, the exit code is 3 and the last line is the command', async () => {
  const cloud = await openGoogleCloud()
  cloud.fault({ at: /=25,landfall-old/, play: 'fails' })
  cloud.fault({ at: /landfall-old=100/, play: 'fails' })
  const { status, stderr } = await runCanary(cloud)
  expect(status).toBe(3)
  expect(stderr.trimEnd().split('\n').at(-1)).toBe(
    'canary: ROLLBACK FAILED. Run: gcloud run services update-traffic landfall --project my-project --region us-central1 --to-revisions landfall-old=100'
  )
})

test('when only the tags cannot be removed, the new revision keeps the traffic', async () => {
  const cloud = await openGoogleCloud()
  cloud.fault({ at: /landfall --remove-tags/, play: 'fails' })
  const { status, stderr } = await runCanary(cloud, '--steps', '100')
  expect([status, cloud.traffic['landfall-old']]).toEqual([0, undefined])
  expect(stderr).toContain('remove them before the next canary')
})

test('a failed request is retried', async () => {
  const cloud = await openGoogleCloud()
  for (const at of [/\/health\/ready/, /dryRun/, /outcome!="ok"/]) {
    cloud.fault({ at, play: { says: '<html>Not Found</html>', status: 22 }, times: 4 })
  }
  const { status, stderr } = await runCanary(cloud, '--steps', '100')
  expect(status, stderr).toBe(0)
})

test('as many errors as --max-errors allows are ignored', async () => {
  const cloud = await openGoogleCloud()
  cloud.fault({ at: /logging read/, play: { says: 'entry-1\n' } })
  expect((await runCanary(cloud, '--steps', '100', '--max-errors', '1')).status).toBe(0)
})

test('the canary goes on when the reader of its messages is gone', async () => {
  const cloud = await openGoogleCloud()
  const child = startCanary(cloud)
  child.stderr.destroy()
  const [status] = await new Promise<[number | null]>((resolve) =>
    child.once('exit', (code) => resolve([code]))
  )
  expect([status, cloud.traffic['landfall-old']]).toEqual([0, undefined])
})
