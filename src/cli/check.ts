import { checkContracts } from '../contracts/compile.ts'
import { formatFault } from '../contracts/fault.ts'
import { readSchemas } from '../read-schemas.ts'
import { type Command, counted, usageError } from './command.ts'

/**
 * `landfall check [folder]`: prove the files of a schemas folder, with no database. Every fault is
 * one line, `file#/pointer: what is wrong, what was expected`, and then the exit code is 1.
 *
 * @throws {Failure} SCHEMAS_INVALID when there is no such folder
 */
export const check: Command = async (args, { env, print, printError }) => {
  if (args.length > 1) throw usageError('usage: landfall check [folder]')
  const dir = args[0] ?? (env['SCHEMAS_DIR'] || 'schemas')
  const outcome = checkContracts(await readSchemas(dir))
  if ('contracts' in outcome) {
    const { collections, eventTypes } = outcome.contracts
    const [tables, types] = [counted(collections, 'collection'), counted(eventTypes, 'event type')]
    print(`${dir}: ${tables} and ${types} hold`)
    return 0
  }
  for (const fault of outcome.faults) printError(formatFault(fault))
  printError(`${dir}: ${counted(outcome.faults, 'fault')}`)
  return 1
}
