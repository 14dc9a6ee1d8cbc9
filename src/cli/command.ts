import { type ParseArgsConfig, parseArgs } from 'node:util'

/** What a command may touch of the process that runs it. */
export interface Surroundings {
  readonly env: Record<string, string | undefined>
  /** Write a line to standard output: results. */
  print(text: string): void
  /** Write a line to standard error: faults and progress. */
  printError(text: string): void
}

/** Run a command with the arguments after its name; resolves with the exit code. */
export type Command = (args: readonly string[], around: Surroundings) => Promise<number>

/** The command line does not say what to do: exit code 2. */
export function usageError(message: string): Error {
  return Object.assign(new Error(message), { name: 'UsageError', stack: message })
}

/** Say how many there are: `1 table`, `2 tables`. */
export function counted({ length }: readonly unknown[], name: string): string {
  return `${length} ${name}${length === 1 ? '' : 's'}`
}

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
