import { describe, expect, test } from 'vitest'
import { faultsOf, inScript, profileNames } from '../../../dev/faults/fault-profiles.ts'
import { createRandom } from '../../../dev/simulator/random.ts'

const names = [...profileNames.outages, ...profileNames.accusations]
const methods = ['CreateSession', 'BeginTransaction', 'StreamingRead', 'Commit', 'Rollback']
const calls = Array.from({ length: 50 }, () => methods).flat()

const faults = (name: (typeof names)[number], seed: number) =>
  calls.map(faultsOf(name, createRandom(seed)))

describe('a profile of faults', () => {
  test.each(names)('%s disturbs the same calls for the same seed', (name) => {
    expect(faults(name, 1)).toEqual(faults(name, 1))
    expect(faults(name, 1).some((fault) => fault)).toBe(name !== 'calm')
  })
})

describe('faults in script', () => {
  test('are each given to one call of their method, in their order', () => {
    const fail = { kind: 'fail', status: 14 } as const
    const hang = { kind: 'hang' } as const
    const faultOf = inScript([
      ['Commit', fail],
      ['Rollback', hang]
    ])
    const seen = ['Rollback', 'Commit', 'Commit', 'Rollback', 'Rollback'].map(faultOf)
    expect(seen).toEqual([undefined, fail, undefined, hang, undefined])
  })
})
