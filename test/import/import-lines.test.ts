import { describe, expect, test } from 'vitest'
import type { Delivery } from '../../src/delivery/event.ts'
import { Failure } from '../../src/failures.ts'
import { importLines, type LandedLine } from '../../src/import/import-lines.ts'
import { readLines } from '../../src/import/lines.ts'
import type { Ingest } from '../../src/ingest.ts'
import { readContracts } from '../../src/read-schemas.ts'
import { order, toLines } from '../cli/poison.ts'
import { collect, each, ingestInto, openMemory } from '../support/landing.ts'
import { refuseWrites } from '../support/refuse-writes.ts'
import { retryPolicy } from '../support/retry-policy.ts'

const contracts = await readContracts('schemas')

function land(text: string, ingest: Ingest<never>, fromLine = 1, signal?: AbortSignal) {
  const lines = readLines(each([Buffer.from(text)]))
  return importLines(lines, { ingest, fromLine, retries: retryPolicy(0, signal) })
}

const orders = (count: number) => Array.from({ length: count }, (_each, n) => order(n))

/** Fails for one line, and answers the lines after it first. */
function failingAt(line: number): Ingest<never> {
  let landings = 0
  return {
    dryRun: () => Promise.reject(new Error('not part of this test')),
    land: async () => {
      landings += 1
      if (landings === line) throw new Failure('STORE_UNAVAILABLE', 'not now')
      return []
    }
  }
}

describe('importing lines', () => {
  test('lands every line once, yields them in order, and skips blank lines', async () => {
    const ingest = ingestInto(await openMemory(contracts), contracts)
    const text = `\n${toLines(orders(2500))} \r\n`
    const landed = await collect(land(text, ingest))
    expect(landed.map(({ line }) => line)).toEqual(Array.from({ length: 2500 }, (_, n) => n + 2))
    expect(new Set(landed.map(({ verdict }) => verdict))).toEqual(new Set(['applied']))
    const again = await collect(land(text, ingest, 2000))
    expect(again.map(({ line }) => line)[0]).toBe(2000)
    expect(new Set(again.map(({ verdict }) => verdict))).toEqual(new Set(['duplicate']))
  })

  test('delivers a line with its content type as only header', async () => {
    const deliveries: Delivery[] = []
    const ingest: Ingest<never> = {
      ...failingAt(0),
      land: async (delivery) => {
        deliveries.push(delivery)
        return []
      }
    }
    await collect(land(toLines(orders(1)), ingest))
    expect(deliveries.map(({ headers }) => headers)).toEqual([
      { 'content-type': ['application/cloudevents+json'] }
    ])
  })

  test('makes a dead letter of a line that cannot land, and goes on', async () => {
    const ingest = ingestInto(await openMemory(contracts), contracts)
    const text = `${toLines(orders(1))}{"specversion":\n[1]\nnull\n${toLines([order(9)])}`
    const landed = await collect(land(text, ingest))
    expect(landed.map(({ verdict, reason }) => reason?.code ?? verdict)).toEqual([
      'applied',
      'JSON_INVALID',
      'ENVELOPE_UNKNOWN',
      'ENVELOPE_UNKNOWN',
      'applied'
    ])
  })

  test('does not yield lines after one that cannot land now', async () => {
    const told: LandedLine[] = []
    const run = async () => {
      for await (const line of land(toLines(orders(50)), failingAt(20))) told.push(line)
    }
    await expect(run()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    expect(told.map(({ line }) => line)).toEqual(Array.from({ length: 19 }, (_, n) => n + 1))
  })

  test('stops at the first line where the store refuses every commit', async () => {
    const ingest = ingestInto(refuseWrites(await openMemory(contracts)), contracts)
    const told: LandedLine[] = []
    const run = async () => {
      for await (const line of land(`[1]\n${toLines(orders(50))}`, ingest)) told.push(line)
    }
    await expect(run()).rejects.toMatchObject({ code: 'STORE_MISCONFIGURED' })
    expect(told).toEqual([])
  })

  test('finishes what is in flight when it is interrupted, and takes no more', async () => {
    const controller = new AbortController()
    const ingest = ingestInto(await openMemory(contracts), contracts)
    const told: number[] = []
    for await (const { line } of land(toLines(orders(3000)), ingest, 1, controller.signal)) {
      told.push(line)
      if (line === 10) controller.abort()
    }
    expect(told.length).toBeLessThan(3000)
    expect(told).toEqual(Array.from({ length: told.length }, (_, n) => n + 1))
    const rest = await collect(land(toLines(orders(3000)), ingest, told.length + 1))
    expect(new Set(rest.map(({ verdict }) => verdict))).toEqual(new Set(['applied']))
  })
})
