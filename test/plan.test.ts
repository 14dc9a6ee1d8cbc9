import { expect, test } from 'vitest'
import { deadLetterPlan, deadLetterReason } from '../src/plan.ts'

const letter = {
  id: '0123456789abcdef0123456789abcdef',
  headers: { 'content-type': ['application/json'] },
  body: Buffer.from('{}')
}

test('the plan of a dead letter writes nothing else and says why', () => {
  const reason = { code: 'JSON_INVALID', detail: 'the JSON text is not JSON' } as const
  expect(deadLetterPlan(letter, reason)).toMatchObject({
    letter,
    writes: [{ kind: 'dead-letters', key: [letter.id], letter, reason }],
    mutations: 18
  })
})

test('its bytes are those of the body, the headers and the columns about it', () => {
  const plan = deadLetterPlan(
    { ...letter, body: Buffer.alloc(10_000) },
    { code: 'JSON_INVALID', detail: '' }
  )
  expect(plan.bytes).toBeGreaterThan(12_000)
  expect(plan.bytes).toBeLessThan(13_000)
})

test('a detail is text that every store takes, of bounded length', () => {
  const stored = (detail: string) =>
    deadLetterReason(deadLetterPlan(letter, { code: 'DATA_INVALID', detail }))?.detail
  expect(stored(`${'🙂'.repeat(2000)}\ud800`)).toHaveLength(1000)
  expect(stored('/a\udc00')).toBe('/a\ufffd')
})
