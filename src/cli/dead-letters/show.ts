import { readLetter, type StoredLetter } from '../../dead-letters/stored.ts'
import { type Command, parseOptions, usageError } from '../command.ts'
import { withService } from '../open-service.ts'
import { printable, printableLines } from '../printable.ts'
import { toFilter } from './filter-options.ts'

const usage = 'usage: landfall dead-letters show ID [--json]'
const options = { json: { type: 'boolean', default: false } } as const

/** Characters of a body that a person wants to see. */
const shownCharacters = 16_384

/** `landfall dead-letters show ID`: everything that is kept of one letter, what arrived included. */
export const show: Command = async (args, around) => {
  const { values, positionals } = parseOptions(args, options, usage)
  const { ids: [id] = [] } = toFilter({}, positionals, 0)
  if (id === undefined || positionals.length > 1) throw usageError(usage)
  return withService(around, 'reject', async ({ store }) => {
    const letter = await readLetter(store, id)
    if (!letter) {
      around.printError(`${id}: no such dead letter`)
      return 1
    }
    around.print(values.json ? JSON.stringify(toJson(letter)) : page(letter))
    return 0
  })
}

function toJson({ delivery: { headers, body }, ...summary }: StoredLetter) {
  return { ...summary, headers, bodyBase64: body.toString('base64') }
}

function page({ delivery: { headers, body }, ...summary }: StoredLetter): string {
  const facts = Object.entries(summary).map(
    ([name, value]) => `${name.padEnd(16)}${value === null ? '-' : printable(String(value))}`
  )
  const lines = Object.entries(headers).flatMap(([name, values]) =>
    values.map((value) => `  ${printable(`${name}: ${value}`)}`)
  )
  return [...facts, '', 'headers', ...lines, '', `body, ${body.length} bytes`, text(body)].join(
    '\n'
  )
}

function text(body: Buffer): string {
  const isText = Buffer.from(body.toString()).equals(body)
  const all = isText ? printableLines(body.toString()) : `base64: ${body.toString('base64')}`
  if (all.length <= shownCharacters) return all
  return `${all.slice(0, shownCharacters)}\n… cut here; --json has all of it`
}
