import { Failure } from '../failures.ts'
import { readContracts } from '../read-schemas.ts'
import { parseConfig } from '../settings.ts'
import type { ApplyOptions, Change, SchemaOptions } from '../store/spanner/apply.ts'
import { prepareEmulatorEnvironment } from '../store/spanner/prepare-emulator-environment.ts'
import { type Command, counted, parseOptions, type Surroundings, usageError } from './command.ts'
import { changesJson, formatChanges } from './schema-report.ts'

const help = `usage: landfall schema diff [--json]
       landfall schema apply [--dry-run] [--json]

Compare the tables of the collections with the database of SPANNER_DATABASE.

  diff    print every difference, the DDL that would make it good where that is additive, and
          what a person can do where it is not; exit code 1 when there is a difference
  apply   run what is additive in one batch: tables, columns and indexes that are missing, longer
          columns, columns that become nullable, commit timestamps, deletion policies that are
          missing or delete too early. What does no harm is left alone; when anything else
          differs nothing at all is run: exit code 1

  --dry-run   with apply: print what would run, and change nothing
  --json      print one JSON document: database, applied, and the differences with kind, table,
              column, index, message, blocksReadiness, apply (run, leave or refuse), advice and
              statements

Progress goes to standard error. An operation that has begun goes on in Spanner when the command is
stopped. With SPANNER_EMULATOR_HOST, apply also creates the instance and the database.`

/**
 * `landfall schema diff` and `landfall schema apply`: compare the database of SPANNER_DATABASE with
 * the collections, and change it where that is additive.
 *
 * @throws {Failure} CONFIG_INVALID without SPANNER_DATABASE
 * @throws {Failure} SCHEMA_DRIFT, with nothing changed, when `apply` finds what is not additive
 */
export const schema: Command = async (args, around) => {
  const { verb, json, dryRun, wantsHelp } = parse(args)
  if (wantsHelp) {
    around.print(help)
    return 0
  }
  const options = await readOptions(around.env)
  return verb === 'diff' ? diff(options, json, around) : apply({ ...options, dryRun }, json, around)
}

async function diff(options: SchemaOptions, json: boolean, { print }: Surroundings) {
  const { diffSchema } = await import('../store/spanner/apply.ts')
  const changes = await diffSchema(options)
  print(
    json ? changesJson(options.database, false, changes) : formatChanges(options.database, changes)
  )
  return changes.length === 0 ? 0 : 1
}

async function apply(options: ApplyOptions, json: boolean, { print, printError }: Surroundings) {
  const { database, tables, dryRun } = options
  const { applySchema } = await import('../store/spanner/apply.ts')
  let found: readonly Change[] | undefined
  let applied = false
  const onChanges = (changes: readonly Change[]) => {
    found = changes
    if (!json) print(formatChanges(database, changes))
  }
  try {
    const statements = await applySchema({ ...options, onChanges, onProgress: printError })
    applied = !dryRun
    const sum = `${counted(statements, 'statement')} ${dryRun ? 'would run' : 'ran'}`
    if (!json) print(`${database}: ${sum}, for ${counted(tables, 'table')}`)
    return 0
  } finally {
    if (json && found) print(changesJson(database, applied, found))
  }
}

async function readOptions(env: Surroundings['env']): Promise<SchemaOptions> {
  const config = parseConfig(env)
  const { SPANNER_DATABASE: database, SPANNER_EMULATOR_HOST: host } = config
  if (!database) {
    const message = 'SPANNER_DATABASE is not set; the embedded store makes its tables by itself'
    throw new Failure('CONFIG_INVALID', message)
  }
  const { tables } = await readContracts(config.SCHEMAS_DIR)
  if (host) prepareEmulatorEnvironment(env)
  return { database, tables, emulator: host !== undefined }
}

const usage = 'usage: landfall schema diff [--json] | apply [--dry-run] [--json]'

const known = {
  json: { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' }
} as const

function parse(args: readonly string[]) {
  const { values, positionals } = parseOptions(args, known, usage)
  const { json = false, help: wantsHelp = false, 'dry-run': dryRun = false } = values
  const [verb, ...rest] = positionals
  const fits = rest.length === 0 && (verb === 'apply' || (verb === 'diff' && !dryRun))
  if (!wantsHelp && !fits) throw usageError(usage)
  return { verb, json, dryRun, wantsHelp }
}
