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
