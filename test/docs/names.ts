import { listMetrics } from '../../build/list-metrics.ts'
import { devCommands } from '../../dev/cli/commands.ts'
import { serviceCommands } from '../../src/cli/commands.ts'
import { failures } from '../../src/failures.ts'
import { settings } from '../../src/settings.ts'
import type { Page } from './markdown.ts'

const find = (text: string, pattern: RegExp) => [...new Set(text.match(pattern) ?? [])]

/** Every metric of the service. */
export const metrics: readonly string[] = listMetrics().map(({ name }) => name)

/** List the metrics that a page names and the service does not have. */
export function unknownMetrics({ prose, code }: Page): readonly string[] {
  const named = find([prose, ...code].join('\n'), /\blandfall_[a-z_]+/g)
  const known = new Set(
    metrics.flatMap((name) => ['', '_bucket', '_sum', '_count'].map((end) => name + end))
  )
  return named.filter((name) => !known.has(name))
}

const constants: ReadonlySet<string> = new Set([
  ...Object.keys(failures),
  ...Object.keys(settings),
  // Of the platform, of its clients, and of our own commands.
  'CHROMIUM_PATH',
  'LANDFALL_API_KEY',
  'PERMISSION_DENIED',
  'PUBSUB_EMULATOR_HOST'
])

/** List the failure codes and environment variables between backticks that do not exist. */
export function unknownConstants({ code }: Page): readonly string[] {
  const spans = code.filter((span) => !span.includes('```')).join('\n')
  const named = find(spans, /\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g)
  return named.filter((name) => !constants.has(name))
}

/** Commands, with the verb of those that have several. */
const command =
  /(?<=\blandfall (?:-- )?)(?:(?:dead-letters|schema|api-key) [a-z]+|(?!dead-letters|schema|api-key)[a-z][a-z-]*)/g

const commands: ReadonlySet<string> = new Set(
  [...serviceCommands, ...devCommands].flatMap((one) =>
    'commands' in one ? one.commands.map(({ name }) => `${one.name} ${name}`) : [one.name]
  )
)

/** List the commands of `landfall` that a page shows and that do not exist. */
export function unknownCommands({ code }: Page): readonly string[] {
  return find(code.join('\n'), command).filter((name) => !commands.has(name))
}
