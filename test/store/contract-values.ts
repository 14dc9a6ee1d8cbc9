import { describe, expect, test } from 'vitest'
import type { ScalarType } from '../../src/values/column-types.ts'
import type { Value } from '../../src/values/value.ts'
import type { Subject, Tested } from './contract.ts'
import { typesTable } from './tables.ts'
import { look, put } from './writes.ts'

/** Values at the limits of each type, in their canonical form. */
const limits: Readonly<Record<ScalarType, readonly Value[]>> = {
  STRING: [
    '',
    ' ',
    '\0',
    '\'`"\\@p1',
    'ß',
    '👩‍👩‍👧',
    '\u{10ffff}',
    'spanner',
    '12',
    'x'.repeat(100_000)
  ],
  INT64: ['0', '-1', '9007199254740993', '9223372036854775807', '-9223372036854775808'],
  FLOAT64: [0, 2, -1.5, 0.1, 5e-324, 1.7976931348623157e308, -1.7976931348623157e308],
  FLOAT32: [0, 2, -1.5, 0.10000000149011612, 3.4028234663852886e38],
  NUMERIC: [
    '0',
    '-0.000000001',
    '1.5',
    '100',
    '99999999999999999999999999999.999999999',
    '-99999999999999999999999999999.999999999'
  ],
  BOOL: [true, false],
  BYTES: ['', 'AA==', 'AAH/', '/////w==', Buffer.alloc(100_000, 7).toString('base64')],
  DATE: ['0001-01-01', '0096-02-29', '1969-12-31', '2000-02-29', '9999-12-31'],
  TIMESTAMP: [
    '0001-01-01T00:00:00.000000000Z',
    '0001-01-01T00:00:00.000000001Z',
    '1969-12-31T23:59:59.999999999Z',
    '1970-01-01T00:00:00.000000000Z',
    '2026-11-01T10:00:00.123456789Z',
    '9999-12-31T23:59:59.999999999Z'
  ],
  JSON: [
    'null',
    '""',
    '0',
    'true',
    '[]',
    '{}',
    '{"a":[1,{"b":null}],"c":"\\u0000ß"}',
    '[1.5,"12"]'
  ],
  UUID: ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-4fff-bfff-ffffffffffff']
}

export function describeValues(tested: () => Tested, { types }: Subject): void {
  const table = typesTable(types)
  let ids = 0
  const nextKey = () => {
    ids += 1
    return ['limits', String(ids)] as const
  }

  describe.each(types.map((type) => ({ type, name: type.toLowerCase() })))(
    '$type',
    ({ type, name }) => {
      test('comes back exactly, alone, in an array, from a read and to a guard', async () => {
        const { store } = tested()
        for (const value of limits[type]) {
          const key = nextKey()
          const columns = { [name]: value, [`${name}s`]: [value, null, value] }
          await put(store, table, { tenant: key[0], id: key[1], ...columns })
          expect(await store.read(table, key, Object.keys(columns), { kind: 'strong' })).toEqual(
            columns
          )
          expect(await look(store, { table, key })).toMatchObject(columns)
        }
      })

      test('comes back as NULL where nothing was written, and as an empty array', async () => {
        const { store } = tested()
        const key = nextKey()
        await put(store, table, { tenant: key[0], id: key[1], [`${name}s`]: [] })
        const row = await store.read(table, key, [name, `${name}s`], { kind: 'strong' })
        expect(row).toEqual({ [name]: null, [`${name}s`]: [] })
      })
    }
  )

  test('takes a zero without its sign, and rounds to FLOAT32', async () => {
    const { store } = tested()
    const key = nextKey()
    await put(store, table, {
      tenant: key[0],
      id: key[1],
      float64: -0,
      float32: 0.1,
      float32s: [0.1]
    })
    const row = await store.read(table, key, ['float64', 'float32', 'float32s'], { kind: 'strong' })
    const rounded = 0.10000000149011612
    expect(row).toEqual({ float64: 0, float32: rounded, float32s: [rounded] })
  })
}
