import { expect, test } from 'vitest'
import { Failure } from '../../../src/failures.ts'
import { changed, openApp } from '../open-app.ts'

test('answers a batch with a retry when one event needs it, whatever the events before it were', async () => {
  const { app } = await openApp({ POISON: 'reject' }, (store) => ({
    ...store,
    commit: () => Promise.reject(new Failure('STORE_UNAVAILABLE', 'not now'))
  }))
  const time = '2026-11-01T10:00:00Z'
  const batch = [changed('1', time, { id: 7 }), changed('2', time, { id: 'a', value: 'red' })]
  const answer = await app.inject({
    method: 'POST',
    url: '/events',
    headers: { 'content-type': 'application/cloudevents-batch+json' },
    payload: JSON.stringify(batch)
  })
  expect(answer.json()).toMatchObject({ status: 503, code: 'STORE_UNAVAILABLE' })
})
