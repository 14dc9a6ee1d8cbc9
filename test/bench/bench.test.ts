import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const bench = (...args: string[]) =>
  promisify(execFile)(process.execPath, ['bench/bench.ts', '--quick', ...args])

test('measures the named parts, on the service and on the model of Spanner', async () => {
  const { stdout } = await bench('latency', 'read', '--json')
  const { comparisons } = JSON.parse(stdout)
  const figures = {
    landfall: expect.any(Number),
    other: expect.any(Number),
    ratio: expect.any(Number)
  }
  expect(comparisons).toEqual([
    expect.objectContaining({ what: 'a lone event', ...figures }),
    expect.objectContaining({ what: 'a read of one row', ...figures })
  ])
})

test('lists the parts when it does not know one', async () => {
  const failed = await bench('speed').catch((error: unknown) => error)
  expect(failed).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining(
      'part must be one of start, throughput, latency, read, memory, concurrency'
    )
  })
})
