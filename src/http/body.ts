import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'
import { Failure } from '../failures.ts'
import type { Slot } from './admission.ts'

/** A 10 MB Pub/Sub message is 13.4 MB as base64. */
export const maxBodyBytes = 16 * 1024 * 1024

const inflaters = new Map([
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['br', promisify(brotliDecompress)]
])

/**
 * Read a request body of at most 16 MiB, counting what was not declared against the slot.
 *
 * @throws {Failure} BODY_TOO_LARGE, QUEUE_FULL
 */
export async function readBody(
  stream: Readable,
  declaredBytes: number | undefined,
  slot: Slot
): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > maxBodyBytes) throw tooLarge()
    if (declaredBytes === undefined) slot.grow(chunk.length)
    chunks.push(chunk)
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, bytes)
}

/** @throws {Failure} BODY_TOO_LARGE */
export function checkDeclaredBytes(bytes: number | undefined): void {
  if (bytes !== undefined && bytes > maxBodyBytes) throw tooLarge()
}

/**
 * Undo a Content-Encoding, bounded. An unwrapped push turns message attributes into headers, so a
 * publisher that compresses its messages ends up here. Returns undefined when the body is not what
 * the header says: the decoder then makes it a dead letter.
 */
export async function inflateBody(
  body: Buffer,
  encoding: string,
  slot: Slot
): Promise<Buffer | undefined> {
  const inflater = inflaters.get(encoding.trim().toLowerCase())
  const inflated = await inflater?.(body, { maxOutputLength: maxBodyBytes }).catch(() => undefined)
  if (inflated) slot.grow(inflated.length)
  return inflated
}

const tooLarge = () => new Failure('BODY_TOO_LARGE', `a body may have ${maxBodyBytes} bytes`)
