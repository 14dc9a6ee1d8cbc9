import { Complaint } from '../failures.ts'

/** What a command may touch of the process that runs it. */
export interface Surroundings {
  readonly env: Record<string, string | undefined>
  /** Write a line to standard output: results. */
  print(text: string): void
  /** Write a line to standard error: faults and progress. */
  printError(text: string): void
}

/** An argument or an option of a command. */
export interface Parameter<T> {
  /** What it is for, as a line of the help. */
  readonly about: string
  /** What stands for the value in the help; without it, the option takes none. */
  readonly placeholder?: string
  readonly required?: boolean
  /** Whether it can be given several times. */
  readonly repeatable?: boolean
  /** What it is when it is not given. */
  readonly initial?: T
  /**
   * Read one value. `previous` is what was read before it, of a repeatable parameter.
   *
   * @throws {UsageError} what follows the name of the parameter: `must be …, not '…'`
   */
  read?(text: string, previous: T | undefined): T
}

type Parameters = Readonly<Record<string, Parameter<unknown>>>
type NoParameters = Record<never, never>

/** A command as the command line runs it; `command` makes one. */
export interface Command {
  readonly args: Parameters
  readonly options: Parameters
  /** What the help adds below the options, its exit codes included. */
  readonly details: string
  /** Resolves with the exit code. @throws {UsageError} when what was given does not fit together */
  run(given: Readonly<Record<string, unknown>>, around: Surroundings): Promise<number>
}

interface CommandSpec<A extends Parameters, O extends Parameters> {
  /** By name, in the order in which they are given. */
  readonly args?: A
  /** By name: `fromLine` is `--from-line`. */
  readonly options?: O
  readonly details: string
  run(given: Given<A> & Given<O>, around: Surroundings): Promise<number>
}

/** The values of parameters, as they were read. */
export type Given<P extends Parameters> = {
  readonly [Name in keyof P]: P[Name] extends Parameter<infer T> ? T : never
}

/**
 * Make a command from its arguments and options. They are stated here only: the usage, the help, the
 * reading and the types of what `run` gets follow from them.
 */
export function command<A extends Parameters = NoParameters, O extends Parameters = NoParameters>({
  args,
  options,
  details,
  run
}: CommandSpec<A, O>): Command {
  return {
    args: args ?? {},
    options: options ?? {},
    details,
    // The command line reads each value with its own parameter.
    run: (given, around) => run(given as Given<A> & Given<O>, around)
  }
}

/** The command line cannot be understood: exit code 2. */
export class UsageError extends Complaint {
  override readonly name = 'UsageError'
}

/**
 * A command failed whose exit code 1 is an answer: exit code 3. `cause` is what is explained to the
 * user.
 */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
}
