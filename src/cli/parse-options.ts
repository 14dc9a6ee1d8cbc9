import { type ParseArgsConfig, parseArgs } from 'node:util'
import { usageError } from './usage-error.ts'

/** Read options and positionals of a command line. @throws a usage error that ends with `usage` */
export function parseOptions<const T extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: T,
  usage: string
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true })
  } catch (error) {
    throw usageError(`${error instanceof Error ? error.message : String(error)}; ${usage}`)
  }
}

/** Read a whole number of an option. @throws a usage error that names the option */
export function wholeNumber(name: string, text: string, min: number, max: number): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  if (value >= min && value <= max) return value
  throw usageError(`--${name} must be a whole number from ${min} to ${max}`)
}
