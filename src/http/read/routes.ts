import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ReadAuth } from '../../access/read-auth.ts'
import { type Collection, isReadable, type ReadableCollection } from '../../contracts/contracts.ts'
import { Failure } from '../../failures.ts'
import type { Store } from '../../store/store.ts'
import { managedColumns } from '../../store/table.ts'
import { headerLines } from '../header-lines.ts'
import { parseParameters, showName, splitTarget } from '../request-target.ts'
import { formatCursor } from './cursor.ts'
import { entityTag, hasColumn, matchesTag, versionColumns } from './etag.ts'
import { freshnessParameters, parseFreshness } from './freshness.ts'
import { parseKey } from './key.ts'
import { parsePage } from './query.ts'
import type { Reader } from './reader.ts'
import { rowWriter } from './row-json.ts'

export interface ReadDeps {
  readonly collections: readonly Collection[]
  readonly store: Pick<Store, 'read' | 'list'>
  readonly authorize: ReadAuth['authorize']
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly admit: (reply: FastifyReply) => Reader
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>

const json = 'application/json; charset=utf-8'

/**
 * Register `GET` and `HEAD` of `/api/v1/{path}` and `/api/v1/{path}/{key…}` for every collection
 * that is read. A request that breaks a rule is refused before the store is asked. Handlers throw
 * `Failure` KEY_INVALID, QUERY_INVALID, FILTER_UNSUPPORTED, ROW_NOT_FOUND, and what the store throws.
 */
export function readRoutes(app: FastifyInstance, deps: ReadDeps): void {
  for (const collection of deps.collections.filter(isReadable)) {
    const url = collectionUrl(collection)
    const onRequest = (request: FastifyRequest) =>
      deps.authorize(headerLines(request.raw.rawHeaders), collection.name)
    const options = { exposeHeadRoute: true, onRequest, config: { collection: collection.name } }
    app.get(url, options, listHandler(collection, deps))
    app.get(`${url}/*`, options, rowHandler(collection, deps))
  }
}

/** Spell the path that a collection is read at. */
export function collectionUrl({ read }: ReadableCollection): string {
  return `/api/v1/${read.path}`
}

function listHandler(collection: ReadableCollection, { store, now, admit }: ReadDeps): Handler {
  const { table, read } = collection
  const url = collectionUrl(collection)
  const writeRow = rowWriter(table, read.fields)
  return async (request, reply) => {
    const reader = admit(reply)
    const parameters = parseParameters(splitTarget(request.url).query)
    const page = parsePage(collection, parameters)
    const freshness = parseFreshness(parameters, read.maxStalenessMs, now())
    const { rows, more } = await reader.ask((signal) => store.list(page, freshness, signal))
    const last = rows.at(-1)
    if (last && more) {
      reply.header('link', nextLink(url, parameters, formatCursor(page, last)))
    }
    // A page has no validator, so a cache could not revalidate it.
    reply.header('cache-control', 'no-store')
    return send(reply, reader, `[${rows.map(writeRow).join(',')}]`)
  }
}

function rowHandler(collection: ReadableCollection, { store, now, admit }: ReadDeps): Handler {
  const { table, read } = collection
  const prefixLength = collectionUrl(collection).split('/').length
  const writeRow = rowWriter(table, read.fields)
  const version = versionColumns(collection)
  const deletedAt = hasColumn(table, managedColumns.deletedAt) ? [managedColumns.deletedAt] : []
  const columns = [...new Set([...read.fields, ...version, ...deletedAt])]
  return async (request, reply) => {
    const reader = admit(reply)
    const { path, query } = splitTarget(request.url)
    // The router decodes a wildcard as a whole; only the raw path tells `/` from `%2F`.
    const key = parseKey(table, path.split('/').slice(prefixLength))
    const parameters = parseParameters(query)
    refuseUnknown(parameters)
    const freshness = parseFreshness(parameters, read.maxStalenessMs, now())
    const row = await reader.ask((signal) => store.read(table, key, columns, freshness, signal))
    if (!row || (row[managedColumns.deletedAt] ?? null) !== null) {
      throw new Failure('ROW_NOT_FOUND', `${collection.name} has no row of this key`)
    }
    const tag = entityTag(collection, version, row)
    reply.header('etag', tag).header('cache-control', 'private, no-cache')
    if (matchesTag(request.headers['if-none-match'], tag)) return reply.code(304).send()
    return send(reply, reader, writeRow(row))
  }
}

function send(reply: FastifyReply, reader: Reader, text: string): FastifyReply {
  reader.answers(Buffer.byteLength(text))
  return reply.type(json).send(text)
}

function refuseUnknown(parameters: ReadonlyMap<string, string>): void {
  const known: readonly string[] = freshnessParameters
  const unknown = [...parameters.keys()].find((name) => !known.includes(name))
  if (unknown === undefined) return
  throw new Failure(
    'QUERY_INVALID',
    `unknown parameter ${showName(unknown)}; a single row accepts ${known.join(' and ')}`
  )
}

/**
 * Spell the Link header (RFC 8288) of the next page: the same parameters with another cursor, as a
 * relative reference, because the service does not know under which host it is reached.
 */
function nextLink(path: string, parameters: ReadonlyMap<string, string>, cursor: string): string {
  const next = new URLSearchParams([...new Map(parameters).set('cursor', cursor)])
  return `<${path}?${next}>; rel="next"`
}
