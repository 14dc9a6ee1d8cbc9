import { Failure } from '../failures.ts'
import { readContracts } from '../read-schemas.ts'
import { parseConfig } from '../settings.ts'
import type { Change, SchemaOptions } from '../store/spanner/apply.ts'
import { prepareEmulatorEnvironment } from '../store/spanner/prepare-emulator-environment.ts'
import { command, NoAnswer, type Surroundings } from './command.ts'
import { flag } from './parameters.ts'
import { counted } from './printable.ts'
import { changesJson, formatChanges } from './schema-report.ts'

const json = flag(
  'print one JSON document: database, applied, and the differences with kind, table, column, ' +
    'index, message, blocksReadiness, apply (run, leave or refuse), advice and statements'
)

/**
 * `landfall schema diff`: compare the database of SPANNER_DATABASE with the collections.
 *
 * @throws {NoAnswer} when they were not compared: without SPANNER_DATABASE, for example
 */
export const diff = command({
  options: { json },
  details: `
Prints every difference, the DDL that resolves it where that is additive, and what to do by hand
where it is not.
Exit codes: 0 no differences, 1 there are differences, 2 usage error, 3 failed.`,
  async run(given, { env, print }) {
    const { database, changes } = await compare(env)
    print(given.json ? changesJson(database, false, changes) : formatChanges(database, changes))
    return changes.length === 0 ? 0 : 1
  }
})

async function compare(env: Surroundings['env']) {
  try {
    const options = await readOptions(env)
    const { diffSchema } = await import('../store/spanner/apply.ts')
    return { database: options.database, changes: await diffSchema(options) }
  } catch (cause) {
    throw new NoAnswer('the database was not compared', { cause })
  }
}

/**
 * `landfall schema apply`: change the database of SPANNER_DATABASE where that is additive.
 *
 * @throws {Failure} CONFIG_INVALID without SPANNER_DATABASE
 * @throws {Failure} SCHEMA_DRIFT, with nothing changed, when it finds what is not additive
 */
export const apply = command({
  options: { dryRun: flag('print what would run, and change nothing'), json },
  details: `
Runs what is additive in one batch: tables, columns and indexes that are missing, longer columns,
columns that become nullable, commit timestamps, deletion policies that are missing or delete too
early. Harmless differences are left alone; when anything else differs, nothing at all is run.

Progress goes to standard error. An operation that has begun continues in Spanner when the command
is stopped. With SPANNER_EMULATOR_HOST, the instance and the database are created too.
Exit codes: 0 done, 1 nothing was run because of a difference, or it failed, 2 usage error.`,
  async run(given, { env, print, printError }) {
    const options = { ...(await readOptions(env)), dryRun: given.dryRun }
    const { applySchema } = await import('../store/spanner/apply.ts')
    const { database, tables, dryRun } = options
    let found: readonly Change[] | undefined
    let applied = false
    const onChanges = (changes: readonly Change[]) => {
      found = changes
      if (!given.json) print(formatChanges(database, changes))
    }
    try {
      const statements = await applySchema({ ...options, onChanges, onProgress: printError })
      applied = !dryRun
      const sum = `${counted(statements, 'statement')} ${dryRun ? 'would run' : 'ran'}`
      if (!given.json) print(`${database}: ${sum}, for ${counted(tables, 'table')}`)
      return 0
    } finally {
      if (given.json && found) print(changesJson(database, applied, found))
    }
  }
})

async function readOptions(env: Surroundings['env']): Promise<SchemaOptions> {
  const config = parseConfig(env)
  const { SPANNER_DATABASE: database, SPANNER_EMULATOR_HOST: host } = config
  if (!database) {
    const message =
      'SPANNER_DATABASE is not set; the embedded store creates its tables automatically'
    throw new Failure('CONFIG_INVALID', message)
  }
  const { tables } = await readContracts(config.SCHEMAS_DIR)
  if (host) prepareEmulatorEnvironment(env)
  return { database, tables, emulator: host !== undefined }
}
