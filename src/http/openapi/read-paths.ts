import type { Contracts } from '../../contracts/contracts.ts'
import type { JsonObject } from '../../delivery/json.ts'
import { collectionUrl } from '../read-routes.ts'
import { isReadable, type ReadableCollection } from '../readable-collection.ts'
import { type Access, type AccessModes, readAccess } from './access.ts'
import { rowSchema } from './column-schema.ts'
import { reference } from './event-schemas.ts'
import { codesOf, namedProblems, problemReferences } from './problem-responses.ts'
import { describeFilters, listParameters, rowParameters } from './read-parameters.ts'

/** The answers of the read routes that carry rows, and their headers. */
export const readHeaders: JsonObject = {
  Link: {
    description: '`<…>; rel="next"`, relative, when there are more rows; otherwise absent.',
    schema: { type: 'string', pattern: '^<[^>]+>; rel="next"$' }
  },
  ETag: {
    description: 'Changes whenever the answer does.',
    required: true,
    schema: { type: 'string', pattern: '^"[^"]+"$' }
  }
}

const always = [
  ...codesOf('retry').filter((code) => code.startsWith('STORE_')),
  ...(['REQUEST_INVALID', 'QUEUE_FULL', 'STOPPING', 'INTERNAL'] as const)
]

const refusalsOf = {
  list: ({ refusals }: Access) =>
    [...refusals, ...always, 'QUERY_INVALID', 'FILTER_UNSUPPORTED'] as const,
  get: ({ refusals }: Access) =>
    [...refusals, ...always, 'KEY_INVALID', 'QUERY_INVALID', 'ROW_NOT_FOUND'] as const
}

/** Write how reads are refused. Pure. */
export function readResponses(modes: AccessModes): JsonObject {
  const access = readAccess(modes)
  return {
    ...namedProblems('list', refusalsOf.list(access)),
    ...namedProblems('get', refusalsOf.get(access))
  }
}

/** Describe the routes of every collection that is read. Pure. */
export function readPaths({ collections }: Contracts, modes: AccessModes): JsonObject {
  const access = readAccess(modes)
  return Object.fromEntries(
    collections.filter(isReadable).flatMap((collection) => {
      const url = collectionUrl(collection)
      const key = collection.table.primaryKey.map((name) => `/{${name}}`).join('')
      return [
        [url, { get: listOperation(collection, access) }],
        [`${url}${key}`, { get: rowOperation(collection, access) }]
      ]
    })
  )
}

/** Write the schemas of rows, by collection. Pure. */
export function rowSchemas({ collections }: Contracts): JsonObject {
  return Object.fromEntries(
    collections.filter(isReadable).map((collection) => [collection.name, rowSchema(collection)])
  )
}

/** List the tags that operations are grouped by: one for each collection that is read. */
export function readTags({ collections }: Contracts): readonly JsonObject[] {
  return collections.filter(isReadable).map((collection) => ({
    name: tagOf(collection),
    description: collection.description
  }))
}

/** Name the tag of a collection: the viewer cannot link to one with an underscore. */
export function tagOf({ name }: ReadableCollection): string {
  return name.replaceAll('_', '-')
}

/** Name the operations of a collection. */
export function operationIds(collection: ReadableCollection) {
  return { list: `list-${tagOf(collection)}`, get: `get-${tagOf(collection)}` }
}

function listOperation(collection: ReadableCollection, access: Access): JsonObject {
  const { name } = collection
  return {
    tags: [tagOf(collection)],
    operationId: operationIds(collection).list,
    summary: `List rows of ${name}`,
    ...(collection.read.filters.length > 0 && { description: describeFilters(collection) }),
    security: access.security,
    parameters: listParameters(collection),
    responses: {
      200: {
        description: 'A page of rows, in the order of the key or of the index that serves it.',
        headers: { Link: { $ref: '#/components/headers/Link' } },
        content: json({
          type: 'array',
          maxItems: collection.read.maxPageSize,
          items: reference(collection.name)
        })
      },
      ...problemReferences('list', refusalsOf.list(access))
    }
  }
}

function rowOperation(collection: ReadableCollection, access: Access): JsonObject {
  const { name } = collection
  const headers = { ETag: { $ref: '#/components/headers/ETag' } }
  return {
    tags: [tagOf(collection)],
    operationId: operationIds(collection).get,
    summary: `Get one row of ${name}`,
    security: access.security,
    parameters: rowParameters(collection),
    responses: {
      200: { description: 'The row.', headers, content: json(reference(collection.name)) },
      304: { description: 'The row is still the one that `If-None-Match` names.', headers },
      ...problemReferences('get', refusalsOf.get(access))
    }
  }
}

const json = (schema: JsonObject) => ({ 'application/json': { schema } })
