import { describe, expect, test } from 'vitest'
import { runCommandLine } from '../../src/cli/command-line.ts'
import { serviceCommands } from '../../src/cli/commands.ts'
import { readContracts } from '../../src/read-schemas.ts'
import { applySchema, diffSchema } from '../../src/store/spanner/apply.ts'
import type { Table } from '../../src/store/table.ts'
import { freshDatabaseName, spannerHost } from '../store/spanner-database.ts'
import { keeping, toolOf } from './run-command.ts'

/** Run `landfall schema` with these arguments on one database, any number of times. */
function landfallSchema(database: string | undefined) {
  return async (...args: readonly string[]) => {
    const env = database
      ? { SPANNER_DATABASE: database, SPANNER_EMULATOR_HOST: await spannerHost() }
      : {}
    const out: string[] = []
    const err: string[] = []
    const around = keeping({ ...env }, out, err)
    const landfall = toolOf(serviceCommands)
    const ended = await runCommandLine(landfall, ['schema', ...args], around).then(
      (code) => ({ code, error: undefined }),
      (error: unknown) => ({ code: undefined, error })
    )
    return { ...ended, out: out.join('\n'), err: err.join('\n') }
  }
}

const emulated = (database: string, tables: readonly Table[]) => ({
  database,
  tables,
  emulator: true
})

/** A database with the shipped tables, except for one change. */
async function databaseWith(change: (table: Table) => Table | undefined) {
  const database = await freshDatabaseName()
  const { tables } = await readContracts('schemas')
  await applySchema(
    emulated(
      database,
      tables.flatMap((table) => change(table) ?? [])
    )
  )
  const kinds = async () => (await diffSchema(emulated(database, tables))).map(({ kind }) => kind)
  return { run: landfallSchema(database), kinds }
}

const withoutPrice = (table: Table): Table | undefined => {
  if (table.name === 'orders') return undefined
  if (table.name !== 'items') return table
  const columns = table.columns.filter(({ name }) => name !== 'price')
  const indexes = table.indexes.map((index) => ({ ...index, storing: ['deleted_at'] }))
  return { ...table, columns, indexes }
}

const withAnotherType = (table: Table): Table | undefined => {
  if (table.name === 'orders') return undefined
  if (table.name !== 'items') return table
  const type = { scalar: 'FLOAT64', array: false } as const
  return {
    ...table,
    columns: table.columns.map((column) => (column.name === 'price' ? { ...column, type } : column))
  }
}

/** No command changes it, so all tests share one. */
const refusing = (() => {
  let created: ReturnType<typeof databaseWith> | undefined
  return () => {
    created ??= databaseWith(withAnotherType)
    return created
  }
})()

describe('landfall schema apply', () => {
  test('creates every table in an empty database, and nothing the second time', async () => {
    const run = landfallSchema(await freshDatabaseName())
    const first = await run('apply')
    expect(first.code).toBe(0)
    for (const table of ['items', 'orders', 'event_ledger', 'dead_letters']) {
      expect(first.out).toContain(`CREATE TABLE \`${table}\``)
    }
    expect(first.out).toMatch(/: \d\d statements ran, for \d+ tables$/)
    const second = await run('apply')
    expect(second.code).toBe(0)
    expect(second.out).toMatch(/: no differences\n.*: 0 statements ran, for \d+ tables$/)
  })

  test('applies additive differences, after which there is none', async () => {
    const { run } = await databaseWith(withoutPrice)
    const { code, out } = await run('apply')
    expect(code).toBe(0)
    expect(out).toContain('  ALTER TABLE `items` ADD COLUMN `price` NUMERIC;')
    expect(out).toContain('  ALTER INDEX `items_by_value` ADD STORED COLUMN `price`;')
    expect(await run('diff')).toMatchObject({ code: 0 })
  })

  test('only prints what it would do in a dry run', async () => {
    const { run, kinds } = await databaseWith(withoutPrice)
    const { code, out } = await run('apply', '--dry-run')
    expect(code).toBe(0)
    expect(out).toMatch(/: 5 statements would run, for \d+ tables$/)
    expect(await kinds()).toHaveLength(3)
  })

  test.each([[['apply']], [['apply', '--dry-run']], [['apply', '--json']]])(
    'prints the differences, and refuses all of them when one is not additive: %j',
    async (args) => {
      const { run, kinds } = await refusing()
      const { error, out } = await run(...args)
      expect(error).toMatchObject({
        code: 'SCHEMA_DRIFT',
        message: expect.stringContaining('Column items.price is FLOAT64, expected NUMERIC.')
      })
      expect(out).toContain('Column items.price is FLOAT64, expected NUMERIC.')
      expect(out).toContain('Table orders is missing.')
      expect(await kinds()).toEqual(['column-type', 'table-missing'])
    }
  )

  test('reports to a script whether it applied', async () => {
    const { run } = await databaseWith(withoutPrice)
    const applied = async (...args: readonly string[]) =>
      JSON.parse((await run('apply', '--json', ...args)).out)
    const kinds = ['column-missing', 'stored-missing', 'table-missing']
    const differences = kinds.map((kind) => expect.objectContaining({ kind, apply: 'run' }))
    expect(await applied('--dry-run')).toMatchObject({ applied: false, differences })
    expect(await applied()).toMatchObject({ applied: true, differences })
    expect(await applied()).toMatchObject({ applied: true, differences: [] })
  })
})

describe('landfall schema diff', () => {
  test('exits with 1 and a sentence for each difference, with the statements that would run', async () => {
    const { run } = await refusing()
    const { code, out, err } = await run('diff')
    expect(code).toBe(1)
    expect(out).toMatch(/^Column items\.price is FLOAT64, expected NUMERIC\.\n {2}Refused\. Give/)
    expect(out).toMatch(/\n\nTable orders is missing\.\n {2}CREATE TABLE `orders` \(\n/)
    expect(out).toMatch(/: 2 differences, 1 additive, 1 refused, 0 left alone$/)
    expect(err).toBe('')
  })

  test('exits with 0 when there is none', async () => {
    const { run } = await databaseWith((table) => table)
    expect(await run('diff')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/: no differences$/)
    })
    const { code, out } = await run('diff', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ applied: false, differences: [] })
  })

  test('exits with 1 and one document for a script', async () => {
    const { run } = await refusing()
    const { code, out } = await run('diff', '--json')
    expect(code).toBe(1)
    expect(JSON.parse(out).differences).toMatchObject([
      { kind: 'column-type', table: 'items', column: 'price', apply: 'refuse' },
      { kind: 'table-missing', table: 'orders', apply: 'run', blocksReadiness: true }
    ])
  })

  test('reports that the database does not exist', async () => {
    const { error, out } = await landfallSchema(await freshDatabaseName())('diff')
    expect(error).toMatchObject({ name: 'NoAnswer', cause: { code: 'DATABASE_UNSUPPORTED' } })
    expect(out).toBe('')
  })
})

describe('landfall schema', () => {
  test.each([
    [[]],
    [['drop']],
    [['apply', 'now']],
    [['diff', '--dry-run']],
    [['apply', '--force']],
    [['diff', '--json=yes']]
  ])('refuses %j as wrong usage', async (args) => {
    const { error } = await landfallSchema(undefined)(...args)
    expect(error).toMatchObject({
      name: 'UsageError',
      message: expect.stringMatching(/see `landfall schema( diff| apply)? --help`$/)
    })
  })

  test.each([
    [['--help'], 'diff'],
    [['apply', '-h'], '--dry-run'],
    [['diff', '--help'], '--json']
  ])('explains itself for %j', async (args, word) => {
    const { code, out } = await landfallSchema(undefined)(...args)
    expect(code).toBe(0)
    expect(out).toContain('Usage: landfall schema')
    expect(out).toContain(word)
  })

  test('reports that the embedded store needs neither diff nor apply', async () => {
    const failure = {
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('SPANNER_DATABASE')
    }
    expect((await landfallSchema(undefined)('diff')).error).toMatchObject({ cause: failure })
    expect((await landfallSchema(undefined)('apply')).error).toMatchObject(failure)
  })
})
