import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'
import pLimit from 'p-limit'
import { Failure } from '../../failures.ts'
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
export function readBody(
  stream: Readable,
  declaredBytes: number | undefined,
  slot: Slot
): Promise<Buffer> {
  const body = declaredBytes === undefined ? collected(slot) : declared(declaredBytes)
  return new Promise((resolve, reject) => {
    function onData(chunk: Buffer): void {
      try {
        body.add(chunk)
      } catch (error) {
        // The rest is discarded until the answer closes the connection.
        stream.off('data', onData).resume()
        reject(error)
      }
    }
    stream.on('data', onData)
    stream.once('end', () => resolve(body.whole()))
    stream.once('error', reject)
  })
}

interface Body {
  add(chunk: Buffer): void
  whole(): Buffer
}

/**
 * Node's parser keeps to the declared length. A body that comes at once is taken as it is; copied as
 * they come, the chunks of a longer one never need its length twice.
 */
function declared(length: number): Body {
  let bytes: Buffer | undefined
  let at = 0
  return {
    add(chunk) {
      if (chunk.length === length) bytes = chunk
      bytes ??= Buffer.allocUnsafeSlow(length)
      if (bytes !== chunk) chunk.copy(bytes, at)
      at += chunk.length
    },
    whole: () => bytes?.subarray(0, at) ?? Buffer.alloc(0)
  }
}

function collected(slot: Slot): Body {
  const chunks: Buffer[] = []
  let bytes = 0
  return {
    add(chunk) {
      bytes += chunk.length
      if (bytes > maxBodyBytes) {
        chunks.length = 0
        throw tooLarge()
      }
      slot.grow(chunk.length)
      chunks.push(chunk)
    },
    whole: () => Buffer.concat(chunks, bytes)
  }
}

/** @throws {Failure} BODY_TOO_LARGE */
export function checkDeclaredBytes(bytes: number | undefined): void {
  if (bytes !== undefined && bytes > maxBodyBytes) throw tooLarge()
}

/**
 * A few kilobytes may inflate to 16 MiB, so only a few are inflated at a time, each with room for
 * the largest.
 */
const inflating = pLimit(2)

/**
 * Inflate a body, up to a limit. An unwrapped push turns message attributes into headers, so the
 * messages of a publisher that compresses them end up here. Returns undefined when the body does
 * not match the header: the decoder then makes it a dead letter.
 *
 * @throws {Failure} QUEUE_FULL
 */
export async function inflateBody(
  body: Buffer,
  encoding: string,
  slot: Slot
): Promise<Buffer | undefined> {
  const inflater = inflaters.get(encoding.trim().toLowerCase())
  if (!inflater) return undefined
  return inflating(async () => {
    slot.grow(maxBodyBytes)
    const options = { maxOutputLength: maxBodyBytes }
    const inflated = await inflater(body, options).catch(() => undefined)
    slot.shrink(maxBodyBytes - (inflated?.length ?? 0))
    return inflated
  })
}

const tooLarge = () =>
  new Failure('BODY_TOO_LARGE', `a body may have at most ${maxBodyBytes} bytes`)
