import { describe, expect, test } from 'vitest'
import { readRecordedDeliveries } from '../../fixtures/deliveries.ts'
import { openApp } from '../open-app.ts'

describe('a recorded delivery through the whole service', () => {
  test.each(readRecordedDeliveries().map((recorded) => [recorded.name, recorded] as const))(
    '%s gets the answer it must get',
    async (_name, { delivery, status, verdicts, batch }) => {
      const { app } = await openApp()
      const answer = await app.inject({
        method: 'POST',
        url: '/events',
        headers: delivery.headers as Record<string, string[]>,
        payload: delivery.body
      })
      expect(answer.statusCode).toBe(status)
      const body = answer.json()
      expect(batch ? body : [body]).toMatchObject(verdicts)
    }
  )
})
