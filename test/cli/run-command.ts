import type { Command } from '../../src/cli/command.ts'

export interface Ran {
  readonly code: number
  readonly out: readonly string[]
  readonly errors: readonly string[]
}

/** Run a command and keep what it prints. */
export async function run(
  command: Command,
  args: readonly string[],
  env: Record<string, string | undefined>
): Promise<Ran> {
  const out: string[] = []
  const errors: string[] = []
  const code = await command(args, {
    env,
    print: (line) => void out.push(line),
    printError: (line) => void errors.push(line)
  })
  return { code, out, errors }
}
