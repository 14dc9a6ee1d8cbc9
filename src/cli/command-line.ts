import { Argument, CommanderError, Option, Command as Program } from 'commander'
import { explain } from '../failures.ts'
import { type Command, NoAnswer, type Parameter, type Surroundings, UsageError } from './command.ts'

/** A command in the list of a tool. Its module is loaded when it is used. */
export interface Entry {
  readonly name: string
  /** One line of the help. */
  readonly summary: string
  load(): Promise<Command>
}

/** Commands that share a first word: `schema diff` and `schema apply`. */
export interface Group {
  readonly name: string
  readonly summary: string
  readonly commands: readonly Entry[]
}

export interface Tool {
  readonly name: string
  readonly version: string
  readonly summary: string
  /** What the help adds at its end. */
  readonly details: string
  /** Commands by the heading that they have in the help. */
  readonly sections: Readonly<Record<string, readonly (Entry | Group)[]>>
  /** What to use now, by the former name of a command. */
  readonly renamed?: Readonly<Record<string, string>>
}

/**
 * Run the command that these arguments ask for, or print the help that they ask for. Resolves with
 * the exit code.
 *
 * @throws {UsageError} for an unknown command, or arguments that do not fit it
 * @throws what the command throws
 */
export async function runCommandLine(
  tool: Tool,
  args: readonly string[],
  around: Surroundings
): Promise<number> {
  const program = prepare(new Program(tool.name), tool, around)
  program.version(tool.version, '-V, --version', 'print the version')
  program.enablePositionalOptions()
  const ended = { code: 0 }
  for (const [heading, entries] of Object.entries(tool.sections)) {
    program.commandsGroup(`${heading}:`)
    addCommands(program, entries, around, ended)
  }
  const asked = requested(program, args)
  const renamed = new Map(Object.entries(tool.renamed ?? {})).get(asked[0] ?? '')
  if (renamed) throw new UsageError(renamed)
  await parse(program, asked)
  return ended.code
}

/** Run a command line as all of this process does, and set the exit code. */
export async function runAsProcess(
  name: string,
  env: Surroundings['env'],
  run: (around: Surroundings) => Promise<number>
): Promise<void> {
  // A reader of the output, such as `head`, may be gone; the command still finishes its work.
  process.stdout.on('error', () => undefined)
  try {
    process.exitCode = await run({
      env,
      print: (text) => process.stdout.write(`${text}\n`),
      printError: (text) => process.stderr.write(`${text}\n`)
    })
  } catch (error) {
    const cause = error instanceof NoAnswer ? error.cause : error
    process.stderr.write(`${name}: ${explain(cause)}\n`)
    process.exitCode = exitCodeOf(error)
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return 2
  return error instanceof NoAnswer ? 3 : 1
}

/** `help NAME` asks for help; an unknown name is an error, even with `--help`. */
function requested(program: Program, args: readonly string[]): readonly string[] {
  const [first, ...rest] = args[0] === 'help' ? [...args.slice(1), '--help'] : args
  if (first === undefined) return []
  const isKnown = program.commands.some((one) => one.name() === first)
  return isKnown || first.startsWith('-') ? [first, ...rest] : [first]
}

async function parse(program: Program, args: readonly string[]): Promise<void> {
  try {
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    // Help and version are printed by then.
    if (!(error instanceof CommanderError && error.exitCode === 0)) throw error
  }
}

/** Columns of a help text that is easy to read, also on a wide terminal. */
const maxWidth = 100

interface Ended {
  code: number
}

function addCommands(
  parent: Program,
  entries: readonly (Entry | Group)[],
  around: Surroundings,
  ended: Ended
): void {
  const byName = new Map(entries.map((entry) => [entry.name, entry]))
  for (const entry of entries) {
    const child = prepare(parent.command(entry.name), entry, around)
    if ('commands' in entry) addCommands(child, entry.commands, around, ended)
  }
  parent.hook('preSubcommand', async (_parent, child) => {
    const entry = byName.get(child.name())
    if (!entry || 'commands' in entry) return
    const command = await entry.load()
    child.addHelpText('after', `\n${command.details.trim()}`)
    declare(child, command, around, ended)
  })
}

function prepare(
  program: Program,
  { summary, details }: { readonly summary: string; readonly details?: string },
  { print, printError }: Surroundings
): Program {
  program
    .description(summary)
    .helpCommand(false)
    .helpOption('-h, --help', 'print this help')
    .exitOverride((error) => {
      throw error.exitCode === 0 ? error : usageError(program, error)
    })
    .configureOutput({
      writeOut: (text) => print(text.trimEnd()),
      writeErr: (text) => printError(text.trimEnd()),
      getOutHelpWidth: () => Math.min(process.stdout.columns ?? maxWidth, maxWidth),
      // Errors are thrown, and printed by the caller.
      outputError: () => undefined
    })
  if (details) program.addHelpText('after', `\n${details.trim()}`)
  return program
}

/** Return in one line what Commander found, and where to read more. */
function usageError(program: Program, { code, message }: CommanderError): UsageError {
  const path = pathOf(program)
  const names = program.commands.map((one) => one.name()).join(', ')
  const found =
    code === 'commander.help'
      ? `\`${path}\` needs one of its commands: ${names}`
      : message
          .replace(/^error: /, '')
          .replace(/\s*\n\s*/g, ' ')
          .replace(/\.$/, '')
  return seeHelp(program, found)
}

function seeHelp(program: Program, message: string): UsageError {
  return new UsageError(`${message}; see \`${pathOf(program)} --help\``)
}

const pathOf = (program: Program): string =>
  program.parent ? `${pathOf(program.parent)} ${program.name()}` : program.name()

/** Give a program the arguments and options of a command, and the command to run. */
function declare(program: Program, command: Command, around: Surroundings, ended: Ended): void {
  for (const parameter of Object.values(command.args)) {
    const argument = toArgument(parameter)
    program.addArgument(argument.argParser(reader(program, argument.name(), parameter)))
  }
  for (const [name, parameter] of Object.entries(command.options)) {
    const option = toOption(name, parameter)
    if (parameter.placeholder) option.argParser(reader(program, `--${option.name()}`, parameter))
    program.addOption(option)
  }
  program.action(async () => {
    const names = Object.keys(command.args)
    const args = names.map((name, index) => [name, program.processedArgs[index]])
    const given = { ...flagsOff(command.options), ...program.opts(), ...Object.fromEntries(args) }
    try {
      ended.code = await command.run(given, around)
    } catch (error) {
      throw error instanceof UsageError ? seeHelp(program, error.message) : error
    }
  })
}

/** Return the defaults of the flags, which Commander would otherwise print in the help. */
function flagsOff(options: Command['options']): Readonly<Record<string, unknown>> {
  const flags = Object.entries(options).filter(([, { placeholder }]) => !placeholder)
  return Object.fromEntries(flags.map(([name, { initial }]) => [name, initial]))
}

function toArgument({
  about,
  placeholder,
  required = false,
  repeatable = false,
  initial
}: Parameter<unknown>): Argument {
  const name = `${placeholder}${repeatable ? '...' : ''}`
  const argument = new Argument(required ? `<${name}>` : `[${name}]`, about)
  return initial === undefined ? argument : argument.default(initial)
}

function toOption(name: string, { about, placeholder, initial }: Parameter<unknown>): Option {
  const long = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
  if (!placeholder) return new Option(long, about)
  const option = new Option(`${long} <${placeholder}>`, about)
  return initial === undefined ? option : option.default(initial)
}

/** Read values with the parameter, and put its name before what is wrong with one. */
function reader(program: Program, name: string, { read }: Parameter<unknown>) {
  return (text: string, previous: unknown): unknown => {
    try {
      return read?.(text, previous)
    } catch (error) {
      throw error instanceof UsageError ? seeHelp(program, `${name} ${error.message}`) : error
    }
  }
}
