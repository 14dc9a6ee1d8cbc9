import { once } from 'node:events'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createGrpcProxy, type Fault } from '../../dev/faults/grpc-proxy.ts'
import { readContracts } from '../../src/read-schemas.ts'
import { changed } from '../http/open-app.ts'
import { push, type Service, startService } from '../process/start-service.ts'
import {
  createSpannerDatabase,
  sessionEnvironment,
  spannerHost
} from '../store/spanner-database.ts'
import { exampleOrder } from './example-order.ts'

const event = changed('1', '2026-11-01T10:00:00Z', { id: 'a', value: 'red' })

/** A database, and a proxy that stands between it and every process that is started with `env`. */
async function openSpanner() {
  const { tables } = await readContracts('schemas')
  const { name } = await createSpannerDatabase(tables)
  const proxy = await createGrpcProxy(await spannerHost())
  onTestFinished(() => proxy.close())
  return {
    proxy,
    env: { SPANNER_DATABASE: name, SPANNER_EMULATOR_HOST: proxy.host, ...sessionEnvironment() }
  }
}

async function rows(service: Service, path: string): Promise<readonly unknown[]> {
  const answer = await fetch(`${service.url}/api/v1/${path}?limit=100`)
  return (await answer.json()) as readonly unknown[]
}

describe('a process that is killed', () => {
  test.each<[string, Fault, RegExp, number]>([
    ['before its commit', { kind: 'hang' }, /applied|duplicate/, 0],
    ['after its commit and before the answer', { kind: 'hang', after: true }, /duplicate/, 2]
  ])(
    '%s: the redelivery has the effect once',
    async (_when, fault, verdict, before) => {
      const { proxy, env } = await openSpanner()
      const order = JSON.parse(await exampleOrder())
      const patient = { COMMIT_TIMEOUT_MS: '50000', DELIVERY_TIMEOUT_MS: '55000' }
      const [killed, next] = [await startService({ ...env, ...patient }), await startService(env)]
      const reached = Promise.withResolvers<void>()
      proxy.fault = (method) => {
        if (method !== 'Commit') return undefined
        reached.resolve()
        return fault
      }
      const answer = push(killed.url, order).catch(() => undefined)
      await reached.promise
      await expect.poll(() => rows(next, 'daily-sales')).toHaveLength(before)
      killed.process.kill('SIGKILL')
      expect(await answer).toBeUndefined()
      proxy.fault = () => undefined
      // Spanner takes the locks of the killed process away when they were idle for 10 s.
      const verdictOf = async () => (await push(next.url, order)).body.verdict ?? ''
      await expect.poll(verdictOf, { timeout: 60_000 }).toMatch(verdict)
      expect((await push(next.url, order)).body.verdict).toBe('duplicate')
      expect(await rows(next, 'daily-sales')).toMatchObject([
        { sku: 'kettle', quantity: '1' },
        { sku: 'tea-green', quantity: '2' }
      ])
    },
    120_000
  )
})

describe('a process whose sessions are lost', () => {
  test('again and again does not end, and lands events as soon as it has one', async () => {
    const { proxy, env } = await openSpanner()
    const service = await startService({ ...env, BREAKER_COOLDOWN_MS: '10' })
    const lost = `Session not found: ${env.SPANNER_DATABASE}/sessions/lost`
    let left = 30
    proxy.fault = (method) => {
      if (!/Read|Commit|Sql|Begin/.test(method) || left === 0) return undefined
      left -= 1
      return { kind: 'fail', status: 5, message: lost }
    }
    await expect.poll(async () => (await push(service.url, event)).body.verdict).toBe('applied')
    expect(left).toBe(0)
    expect(service.process.exitCode).toBeNull()
    service.process.kill('SIGTERM')
    expect(await once(service.process, 'exit')).toEqual([0, null])
  })
})

describe('SIGTERM while Spanner does not answer', () => {
  test('ends the process with 0, and what was not stored was not acknowledged', async () => {
    const { proxy, env } = await openSpanner()
    const service = await startService({
      ...env,
      COMMIT_TIMEOUT_MS: '1500',
      DELIVERY_TIMEOUT_MS: '2000',
      SHUTDOWN_TIMEOUT_MS: '3000'
    })
    const reached = Promise.withResolvers<void>()
    proxy.fault = () => {
      reached.resolve()
      return { kind: 'hang' }
    }
    const answer = push(service.url, event).catch(() => ({ status: 0 }))
    await reached.promise
    service.process.kill('SIGTERM')
    expect(await once(service.process, 'exit')).toEqual([0, null])
    expect([0, 503]).toContain((await answer).status)
  })
})
