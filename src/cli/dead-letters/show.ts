import { readDeadLetter, type StoredDeadLetter } from '../../dead-letters/stored.ts'
import { command } from '../command.ts'
import { withRejectingService } from '../open-service.ts'
import { flag, required } from '../parameters.ts'
import { printable, printableLines } from '../printable.ts'
import { deadLetterId } from './filter.ts'

/** Characters of a body that fit a terminal. */
const shownCharacters = 16_384

/** `landfall dead-letters show ID`: all that is stored of one dead letter, its delivery included. */
export const show = command({
  args: { id: required('id', 'of the dead letter, as `list` prints it', deadLetterId) },
  options: { json: flag('print one JSON object, with the whole body in base64') },
  details: `
The store is that of the service: SPANNER_DATABASE, or EMBEDDED_FILE.
Exit codes: 0 done, 1 failed, or there is no such dead letter, 2 usage error.`,
  async run({ id, json }, around) {
    return withRejectingService(around, async ({ store }) => {
      const letter = await readDeadLetter(store, id)
      if (!letter) {
        around.printError(`${id}: no such dead letter`)
        return 1
      }
      around.print(json ? JSON.stringify(toJson(letter)) : page(letter))
      return 0
    })
  }
})

function toJson({ delivery: { headers, body }, ...summary }: StoredDeadLetter) {
  return { ...summary, headers, bodyBase64: body.toString('base64') }
}

function page({ delivery: { headers, body }, ...summary }: StoredDeadLetter): string {
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
