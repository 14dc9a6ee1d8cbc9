import { checkContracts } from '../contracts/compile.ts'
import { formatFault } from '../contracts/fault.ts'
import { readSchemas } from '../read-schemas.ts'
import { command } from './command.ts'
import { optional, text } from './parameters.ts'
import { counted } from './printable.ts'

/**
 * `landfall check [folder]`: check the files of a schemas folder, without a database. Every fault is
 * one line, `file#/pointer: what is wrong, what was expected`, and then the exit code is 1.
 *
 * @throws {Failure} SCHEMAS_INVALID when there is no such folder
 */
export const check = command({
  args: {
    folder: optional('folder', 'folder of the files (default: SCHEMAS_DIR, or schemas)', text)
  },
  details: `
Every fault is one line on standard error: file#/pointer, what is wrong, what was expected.
Exit codes: 0 all files are valid, 1 some are not, or there is no such folder, 2 usage error.`,
  async run({ folder }, { env, print, printError }) {
    const dir = folder ?? (env['SCHEMAS_DIR'] || 'schemas')
    const outcome = checkContracts(await readSchemas(dir))
    if ('contracts' in outcome) {
      const { collections, eventTypes } = outcome.contracts
      const tables = counted(collections, 'collection')
      print(`${dir}: ${tables} and ${counted(eventTypes, 'event type')} are valid`)
      return 0
    }
    for (const fault of outcome.faults) printError(formatFault(fault))
    printError(`${dir}: ${counted(outcome.faults, 'fault')}`)
    return 1
  }
})
