import { Failure } from '../failures.ts'

export interface Line {
  /** From 1. */
  readonly number: number
  readonly bytes: Buffer
}

/** The limit of one delivery. */
const maxLineBytes = 16 * 1024 * 1024
const lineFeed = 0x0a

/**
 * Split bytes at line feeds. The bytes of a line stay as they are, and the last line needs no end.
 *
 * @throws {Failure} BODY_TOO_LARGE: a line of more than 16 MiB
 */
export async function* readLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Line> {
  let number = 1
  let pieces: Buffer[] = []
  let held = 0
  for await (const chunk of chunks) {
    let start = 0
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
      yield { number, bytes: Buffer.concat([...pieces, chunk.subarray(start, end)]) }
      number += 1
      start = end + 1
      pieces = []
      held = 0
    }
    pieces.push(chunk.subarray(start))
    held += chunk.length - start
    if (held > maxLineBytes) {
      throw new Failure('BODY_TOO_LARGE', `line ${number} has more than ${maxLineBytes} bytes`)
    }
  }
  if (held > 0) yield { number, bytes: Buffer.concat(pieces) }
}
