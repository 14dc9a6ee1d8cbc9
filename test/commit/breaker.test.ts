import { describe, expect, test } from 'vitest'
import { createBreaker } from '../../src/commit/breaker.ts'

function setUp() {
  const clock = { ms: 0 }
  const options = { failures: 2, failingMs: 1000, cooldownMs: 100, now: () => clock.ms }
  return { clock, breaker: createBreaker(options) }
}

describe('a breaker', () => {
  test('stays closed while failures are not in a row', () => {
    const { breaker } = setUp()
    breaker.failed()
    breaker.succeeded()
    breaker.failed()
    expect(breaker.state).toBe('closed')
    expect(breaker.admits()).toBe(true)
  })

  test('admits no caller until the cooldown is over, then one at a time', () => {
    const { breaker, clock } = setUp()
    breaker.failed()
    breaker.failed()
    expect(breaker.admits()).toBe(false)
    clock.ms = 99
    expect(breaker.admits()).toBe(false)
    clock.ms = 100
    expect(breaker.admits()).toBe(true)
    expect(breaker.state).toBe('probing')
    expect(breaker.admits()).toBe(false)
  })

  test('sends another probe when the first never reports back', () => {
    const { breaker, clock } = setUp()
    breaker.failed()
    breaker.failed()
    clock.ms = 100
    expect(breaker.admits()).toBe(true)
    clock.ms = 200
    expect(breaker.admits()).toBe(true)
  })

  test('opens again at the first failed probe and closes at the first success', () => {
    const { breaker, clock } = setUp()
    breaker.failed()
    breaker.failed()
    clock.ms = 100
    breaker.admits()
    breaker.failed()
    expect(breaker.state).toBe('open')
    clock.ms = 200
    breaker.admits()
    breaker.succeeded()
    expect(breaker.state).toBe('closed')
    expect(breaker.admits()).toBe(true)
  })

  test('opens at the first failure when work went on without a success for too long', () => {
    const { breaker, clock } = setUp()
    breaker.admits()
    clock.ms = 1000
    breaker.failed()
    expect(breaker.state).toBe('open')
  })

  test('counts the time of work since the last success, not that without any work', () => {
    const { breaker, clock } = setUp()
    breaker.admits()
    breaker.succeeded()
    clock.ms = 5000
    breaker.admits()
    clock.ms = 5010
    breaker.failed()
    expect(breaker.state).toBe('closed')
  })
})
