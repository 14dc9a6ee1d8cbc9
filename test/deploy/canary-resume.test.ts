import { describe, expect, test } from 'vitest'
import { type GoogleCloud, openGoogleCloud, percentOfNew, sample } from './google-cloud.ts'
import { runCanary } from './run-canary.ts'

/** Run until this call has worked, then kill the script: it cannot clean up. */
async function runUntil(cloud: GoogleCloud, at: RegExp): Promise<void> {
  cloud.fault({ at, play: { signal: 'SIGKILL' }, times: 1 })
  const { signal } = await runCanary(cloud)
  expect(signal).toBe('SIGKILL')
}

const shifts = (calls: readonly string[]) =>
  calls.flatMap((call) => /landfall-[0-9a-f]{10}=(\d+)/.exec(call)?.[1] ?? []).map(Number)

const killedAt: readonly (readonly [string, RegExp, number, readonly number[]])[] = [
  ['before it is deployed', /services describe/, 0, [5, 25, 50, 100]],
  ['when it is deployed', /services replace/, 0, [5, 25, 50, 100]],
  ['when it is tried', /\/health\/ready/, 0, [5, 25, 50, 100]],
  ['at 5 %', /=5,landfall-old/, 5, [5, 25, 50, 100]],
  ['at 25 %', /=25,landfall-old/, 25, [25, 50, 100]],
  ['at 50 %', /=50,landfall-old/, 50, [50, 100]],
  ['at 100 %', /landfall-[0-9a-f]{10}=100$/, 100, [100]]
]

describe('after a run that was killed', () => {
  test.each(killedAt)('%s, the next run goes on from there', async (_, at, percent, left) => {
    const cloud = await openGoogleCloud()
    await runUntil(cloud, at)
    expect(percentOfNew(cloud)).toBe(percent)
    const before = cloud.calls.length
    const { status, stderr } = await runCanary(cloud)
    expect(status, stderr).toBe(0)
    expect(shifts(cloud.calls.slice(before))).toEqual(left)
    expect([percentOfNew(cloud), cloud.tags]).toEqual([100, {}])
    expect(cloud.calls.filter((call) => call.includes('services replace'))).toHaveLength(1)
  })

  test.each(killedAt)('%s, the next run can roll back', async (_, at) => {
    const cloud = await openGoogleCloud()
    await runUntil(cloud, at)
    cloud.fault({ at: /acknowledged="false"/, play: sample('0.04') })
    const { status, stderr } = await runCanary(cloud)
    expect(status, stderr).toBe(1)
    expect([cloud.traffic, cloud.tags]).toEqual([{ 'landfall-old': 100 }, {}])
  })

  test('when the tags were removed, the next run has nothing to do', async () => {
    const cloud = await openGoogleCloud()
    await runUntil(cloud, /landfall --remove-tags/)
    const before = cloud.calls.length
    expect((await runCanary(cloud)).status).toBe(0)
    expect(cloud.calls.slice(before)).toEqual([
      'gcloud run services describe landfall --format=json'
    ])
  })

  test('a split between two steps goes on with the next step', async () => {
    const cloud = await openGoogleCloud()
    await runUntil(cloud, /=25,landfall-old/)
    const [, name = ''] = cloud.revisions
    cloud.traffic = { 'landfall-old': 70, [name]: 30 }
    const before = cloud.calls.length
    expect((await runCanary(cloud)).status).toBe(0)
    expect(shifts(cloud.calls.slice(before))).toEqual([50, 100])
  })
})

describe('a revision that was rolled back', () => {
  async function openRolledBack() {
    const cloud = await openGoogleCloud()
    cloud.fault({ at: /\/health\/ready/, play: { says: '', status: 22 }, times: 5 })
    expect((await runCanary(cloud)).status).toBe(1)
    return cloud
  }

  test('gets another canary without another deployment', async () => {
    const cloud = await openRolledBack()
    expect((await runCanary(cloud)).status).toBe(0)
    expect(cloud.calls.filter((call) => call.includes('services replace'))).toHaveLength(1)
    expect([percentOfNew(cloud), cloud.tags]).toEqual([100, {}])
  })

  test('gets another name with another attempt', async () => {
    const cloud = await openRolledBack()
    expect((await runCanary(cloud, '--attempt', '2')).status).toBe(0)
    expect(new Set(cloud.revisions).size).toBe(3)
  })
})
