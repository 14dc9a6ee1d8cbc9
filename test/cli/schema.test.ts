import { describe, expect, inject, it } from 'vitest'
import type { Surroundings } from '../../src/cli/command.ts'
import { schema } from '../../src/cli/schema.ts'
import { freshDatabaseName } from '../store/spanner-database.ts'

function surroundings(env: Record<string, string>): Surroundings & { readonly lines: string[] } {
  const lines: string[] = []
  return { env, lines, print: (line) => lines.push(line), printError: (line) => lines.push(line) }
}

describe('landfall schema apply', () => {
  it('creates every table in an empty database, and nothing the second time', async () => {
    const around = surroundings({
      SPANNER_DATABASE: freshDatabaseName(),
      SPANNER_EMULATOR_HOST: inject('spannerEmulatorHost')
    })
    expect(await schema(['apply'], around)).toBe(0)
    for (const table of ['items', 'orders', 'event_ledger', 'dead_letters']) {
      expect(around.lines.join('\n')).toContain(`CREATE TABLE \`${table}\``)
    }
    expect(await schema(['apply'], around)).toBe(0)
    expect(around.lines.at(-1)).toContain(': 0 statements ran, 8 tables are there')
  })

  it.each([[[]], [['drop']], [['apply', 'now']]])('takes %j for a wrong use', async (args) => {
    await expect(schema(args, surroundings({}))).rejects.toMatchObject({ name: 'UsageError' })
  })

  it('says that the embedded store needs none of it', async () => {
    await expect(schema(['apply'], surroundings({}))).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('SPANNER_DATABASE')
    })
  })
})
