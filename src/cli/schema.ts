import { parseConfig } from '../config.ts'
import { Failure } from '../failures.ts'
import { readContracts } from '../schemas.ts'
import { prepareEmulatorEnvironment } from '../store/spanner/prepare-emulator-environment.ts'
import type { Command } from './command.ts'
import { usageError } from './usage-error.ts'

/**
 * `landfall schema apply`: create the tables of the collections in the database of
 * SPANNER_DATABASE. With an emulator the instance and the database are created too.
 */
export const schema: Command = async (args, { env, print }) => {
  if (args.length !== 1 || args[0] !== 'apply') throw usageError('usage: landfall schema apply')
  const config = parseConfig(env)
  const { SPANNER_DATABASE: database, SPANNER_EMULATOR_HOST: host } = config
  if (!database) {
    const message = 'SPANNER_DATABASE is not set; the embedded store makes its tables by itself'
    throw new Failure('CONFIG_INVALID', message)
  }
  const { tables } = await readContracts(config.SCHEMAS_DIR)
  if (host) prepareEmulatorEnvironment(env)
  const { applySchema } = await import('../store/spanner/apply.ts')
  const statements = await applySchema({ database, tables, emulator: host !== undefined })
  for (const statement of statements) print(`${statement};\n`)
  print(`${database}: ${statements.length} statements ran, ${tables.length} tables are there`)
  return 0
}
