import { devCommands } from '../../dev/cli/commands.ts'
import type { Surroundings } from '../../src/cli/command.ts'
import { runCommandLine, type Tool } from '../../src/cli/command-line.ts'
import { serviceCommands } from '../../src/cli/commands.ts'

export interface Ran {
  readonly code: number
  readonly out: readonly string[]
  readonly errors: readonly string[]
}

/** A tool with these commands. */
export const toolOf = (commands: Tool['sections'][string]): Tool => ({
  name: 'landfall',
  version: '1.2.3',
  summary: 'of a test',
  details: '',
  sections: { Commands: commands }
})

const landfall = toolOf([...serviceCommands, ...devCommands])

/** Run `landfall COMMAND …` in this process and keep what it prints. */
export async function run(
  command: string,
  args: readonly string[],
  env: Record<string, string | undefined>,
  tool: Tool = landfall
): Promise<Ran> {
  const out: string[] = []
  const errors: string[] = []
  const code = await runCommandLine(tool, [command, ...args], keeping(env, out, errors))
  return { code, out, errors }
}

/** An environment that keeps the output. */
export function keeping(
  env: Record<string, string | undefined>,
  out: string[],
  errors: string[]
): Surroundings {
  return {
    env,
    print: (line) => void out.push(line),
    printError: (line) => void errors.push(line)
  }
}
