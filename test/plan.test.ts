import { expect, test } from 'vitest'
import { deadLetterPlan, deadLetterReason } from '../src/plan.ts'

const headers = { 'content-type': ['application/json'] }
const provenance = {
  key: '0123456789abcdef0123456789abcdef',
  envelope: 'unknown',
  delivery: { headers, body: Buffer.from('{}') },
  metadata: {}
} as const

test('the plan of a dead letter has no other write, and has the reason', () => {
  const reason = { code: 'JSON_INVALID', detail: 'the JSON text is not JSON' } as const
  expect(deadLetterPlan(provenance, reason)).toMatchObject({
    provenance,
    writes: [{ kind: 'dead-letters', key: [provenance.key], provenance, reason }],
    mutations: 18
  })
})

test('its bytes are those of the body, the headers and the other columns', () => {
  const plan = deadLetterPlan(
    { ...provenance, delivery: { headers, body: Buffer.alloc(10_000) } },
    { code: 'JSON_INVALID', detail: '' }
  )
  expect(plan.bytes).toBeGreaterThan(12_000)
  expect(plan.bytes).toBeLessThan(13_000)
})

test('a detail is text that every store accepts, of bounded length', () => {
  const stored = (detail: string) =>
    deadLetterReason(deadLetterPlan(provenance, { code: 'DATA_INVALID', detail }))?.detail
  expect(stored(`${'🙂'.repeat(2000)}\ud800`)).toHaveLength(1000)
  expect(stored('/a\udc00')).toBe('/a\ufffd')
})
