import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { type GoogleCloud, openGoogleCloud, percentOfNew } from './google-cloud.ts'
import { image, manifest, runCanary } from './run-canary.ts'

const steps: readonly (readonly [RegExp, string])[] = [
  [/services describe/, 'describe'],
  [/services replace/, 'deploy'],
  [/print-identity-token/, 'identity'],
  [/\/health\/ready$/, 'ready'],
  [/\/events\?dryRun=true$/, 'dry run'],
  [/=(\d+)(,landfall-old=\d+)?$/, 'shift'],
  [/logging read/, 'log'],
  [/print-access-token/, 'access'],
  [/query=/, 'metrics'],
  [/--remove-tags canary,previous$/, 'remove tags']
]
const stepOf = (call: string) => steps.find(([pattern]) => pattern.test(call))?.[1] ?? call
const look = ['log', 'access', 'metrics', 'metrics', 'metrics', 'metrics']
const changes = ({ calls }: GoogleCloud) =>
  calls.filter((call) => /services (update-traffic|replace)/.test(call))

test('the new revision is deployed, tried, and given traffic step by step while it is watched', async () => {
  const cloud = await openGoogleCloud()
  const { status, stderr } = await runCanary(cloud)
  expect(status, stderr).toBe(0)
  const watched = ['shift', ...look, 'metrics']
  expect(cloud.calls.map(stepOf)).toEqual([
    'describe',
    'deploy',
    'describe',
    'identity',
    'ready',
    'dry run',
    ...watched,
    ...watched,
    ...watched,
    ...watched,
    'remove tags'
  ])
  expect(cloud.calls.flatMap((call) => /=\d+(,landfall-old=\d+)?$/.exec(call)?.[0] ?? [])).toEqual([
    '=5,landfall-old=95',
    '=25,landfall-old=75',
    '=50,landfall-old=50',
    '=100'
  ])
  expect(percentOfNew(cloud)).toBe(100)
  expect(cloud.tags).toEqual({})
})

test('it deploys service.yaml with the image, a name, and unchanged traffic', async () => {
  const cloud = await openGoogleCloud()
  await runCanary(cloud)
  const [, name] = cloud.revisions
  expect(name).toMatch(/^landfall-[0-9a-f]{10}$/)
  const wanted = parse(readFileSync(manifest, 'utf8'))
  wanted.spec.template.metadata.name = name
  wanted.spec.template.spec.containers[0].image = image
  wanted.spec.traffic = [
    { revisionName: 'landfall-old', percent: 100, tag: 'previous' },
    { revisionName: name, percent: 0, tag: 'canary' }
  ]
  expect(cloud.deployed).toEqual(wanted)
})

test('it keeps checking until the time of a step is over', async () => {
  const cloud = await openGoogleCloud()
  cloud.fault({ at: /logging read/, play: { says: '' }, times: 3 })
  cloud.fault({ at: /logging read/, play: { signal: 'SIGTERM' }, times: 1 })
  await runCanary(cloud, '--watch', '3600')
  expect(cloud.calls.filter((call) => stepOf(call) === 'log')).toHaveLength(4)
  expect(cloud.calls.filter((call) => stepOf(call) === 'shift')).toHaveLength(1)
})

test('a second run has nothing to do', async () => {
  const cloud = await openGoogleCloud()
  await runCanary(cloud, '--steps', '100')
  const before = changes(cloud).length
  const { status, stderr } = await runCanary(cloud, '--steps', '100')
  expect([status, changes(cloud).length]).toEqual([0, before])
  expect(stderr).toContain('has all traffic')
})

test('tokens are in no command line', async () => {
  const cloud = await openGoogleCloud()
  await runCanary(cloud, '--steps', '100')
  expect(cloud.calls.join('\n')).not.toContain('Bearer')
})

test('the identity token can be that of a service account that may push, for another audience', async () => {
  const cloud = await openGoogleCloud()
  await runCanary(cloud, '--impersonate', 'push@example.com', '--audience', 'https://landfall')
  expect(cloud.calls).toContain(
    'gcloud auth print-identity-token --audiences https://landfall --include-email --impersonate-service-account push@example.com'
  )
})

test('the URL of the tag can be reached through another host', async () => {
  const cloud = await openGoogleCloud()
  await runCanary(cloud, '--steps', '100', '--connect-to', 'private.googleapis.com')
  const asked = cloud.calls.filter((call) => call.includes('canary---'))
  expect(asked).toHaveLength(2)
  for (const call of asked) expect(call).toContain('--connect-to ::private.googleapis.com:443')
})

describe('a dry run', () => {
  test('calls nothing and prints every command in its order', async () => {
    const cloud = await openGoogleCloud()
    const { status, stdout } = await runCanary(cloud, '--dry-run')
    expect([status, cloud.calls]).toEqual([0, []])
    const printed = stdout.split('\n').filter((line) => /^(gcloud|curl)/.test(line))
    expect(
      printed.map((line) => /^\S+ (?:auth|logging|run services|-sS) ?\S*/.exec(line)?.[0])
    ).toEqual([
      'gcloud run services describe',
      'gcloud run services replace',
      'gcloud run services describe',
      'gcloud auth print-identity-token',
      'curl -sS --fail-with-body',
      'curl -sS --fail-with-body',
      'gcloud run services update-traffic',
      'gcloud logging read',
      'gcloud auth print-access-token',
      ...Array.from({ length: 5 }, () => 'curl -sS --fail-with-body'),
      ...Array.from({ length: 5 }, () => 'gcloud run services update-traffic'),
      'gcloud run services describe'
    ])
    expect(printed.at(-2)).toMatch(/--to-revisions landfall-OLD=100 --remove-tags canary,previous$/)
  })

  test('prints commands that a shell can parse', async () => {
    const { stdout } = await runCanary(await openGoogleCloud(), '--dry-run')
    expect(spawnSync('bash', ['-n'], { input: stdout, encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: ''
    })
  })

  test('needs neither project nor image', () => {
    const args = ['--dry-run', '--manifest', manifest]
    const { stdout } = spawnSync('deploy/canary.sh', args, { encoding: 'utf8' })
    expect(stdout).toContain('CLOUDSDK_CORE_PROJECT=my-project')
  })
})

describe('no change, and exit code 2,', () => {
  test.each([
    [
      'for an option that it does not know',
      ['--fast', '1'],
      'unknown option or missing value: --fast'
    ],
    ['for an option without a value', ['--watch'], 'unknown option or missing value: --watch'],
    ['for an image without a digest', ['--image', 'landfall:latest'], '--image must end with'],
    ['for steps that do not rise', ['--steps', '50 25 100'], '--steps must rise'],
    ['for steps that end early', ['--steps', '5 50'], '--steps must end with 100'],
    ['for a time that is not a number', ['--watch', '10m'], '--watch must be a whole number'],
    [
      'for a share that is not a number',
      ['--max-latency', 'fast'],
      '--max-latency must be a number'
    ],
    [
      'for a manifest that does not exist',
      ['--manifest', 'nowhere.yaml'],
      'nowhere.yaml cannot be read'
    ]
  ])('%s', async (_, args, said) => {
    const cloud = await openGoogleCloud()
    const { status, stderr } = await runCanary(cloud, ...args)
    expect([status, cloud.calls]).toEqual([2, []])
    expect(stderr).toContain(said)
  })

  test('when the manifest has no image of the repository', async () => {
    const cloud = await openGoogleCloud()
    const other = `example.com/other@sha256:${'5'.repeat(64)}`
    const { status, stderr } = await runCanary(cloud, '--image', other)
    expect([status, changes(cloud)]).toEqual([2, []])
    expect(stderr).toContain('lacks spec.traffic, spec.template.metadata or one image')
  })

  test('when no single revision has the traffic', async () => {
    const cloud = await openGoogleCloud()
    cloud.traffic = { 'landfall-a': 40, 'landfall-b': 60 }
    const { status, stderr } = await runCanary(cloud)
    expect([status, changes(cloud)]).toEqual([2, []])
    expect(stderr).toContain('no single revision has all traffic: landfall-a landfall-b')
  })

  test('when the canary of another revision is unfinished', async () => {
    const cloud = await openGoogleCloud()
    cloud.traffic = { 'landfall-old': 75, 'landfall-other': 25 }
    cloud.tags = { previous: 'landfall-old', canary: 'landfall-other' }
    const { status, stderr } = await runCanary(cloud)
    expect([status, changes(cloud)]).toEqual([2, []])
    expect(stderr).toContain('the canary of landfall-other is unfinished')
    expect(stderr).toContain('--to-revisions landfall-old=100 --remove-tags canary,previous')
  })

  test('when the revision that has the traffic cannot be read', async () => {
    const cloud = await openGoogleCloud()
    cloud.fault({ at: /services describe/, play: 'fails' })
    expect([(await runCanary(cloud)).status, changes(cloud)]).toEqual([2, []])
  })
})

test('bash can parse the script, and its usage names every option', () => {
  expect(spawnSync('bash', ['-n', 'deploy/canary.sh']).status).toBe(0)
  const declared = /declare -A option=\(([^)]*)\)/.exec(
    readFileSync('deploy/canary.sh', 'utf8')
  )?.[1]
  const names = [...(declared ?? '').matchAll(/\[([a-z-]+)\]=/g)].map(([, name]) => `--${name} `)
  const { stdout } = spawnSync('deploy/canary.sh', ['--help'], { encoding: 'utf8' })
  expect(names.length).toBeGreaterThan(10)
  expect(names.filter((name) => !stdout.includes(name))).toEqual([])
})
