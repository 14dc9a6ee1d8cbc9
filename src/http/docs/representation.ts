import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { matchesTag } from '../read/etag.ts'

const compress = promisify(gzip)

/** A file or a document, ready to be sent. */
export interface Representation {
  readonly type: string
  readonly bytes: Buffer
  /** Changes with the content. */
  readonly hash: string
  /** Compressed at the first request that accepts gzip. */
  gzipped(): Promise<Buffer>
}

/** Keep content with its hash. */
export function represent(type: string, content: string | Buffer): Representation {
  const bytes = Buffer.from(content)
  let gzipped: Promise<Buffer> | undefined
  return {
    type,
    bytes,
    hash: createHash('sha256').update(bytes).digest('base64url').slice(0, 22),
    gzipped() {
      gzipped ??= compress(bytes)
      return gzipped
    }
  }
}

/**
 * Answer with content, or with 304 when the caller has it. Each of the two encodings has its own
 * tag.
 */
export async function sendRepresentation(
  request: FastifyRequest,
  reply: FastifyReply,
  { type, bytes, hash, gzipped }: Representation,
  cacheControl: string
): Promise<FastifyReply> {
  const isGzip = acceptsGzip(request.headers['accept-encoding'])
  const tag = isGzip ? `"${hash}.gzip"` : `"${hash}"`
  reply.headers({ etag: tag, 'cache-control': cacheControl, vary: 'accept-encoding' })
  reply.header('x-content-type-options', 'nosniff')
  if (matchesTag(request.headers['if-none-match'], tag)) return reply.code(304).send()
  if (isGzip) reply.header('content-encoding', 'gzip')
  return reply.type(type).send(isGzip ? await gzipped() : bytes)
}

/** A coding with `q=0` is refused: https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3 */
function acceptsGzip(header: string | string[] | undefined): boolean {
  const codings = [header ?? []].flat().join(',').toLowerCase().split(',')
  return codings.some((coding) => /^\s*gzip\s*(;(?!\s*q=0(\.0*)?\s*$).*)?$/.test(coding))
}
