import { describeAccessPaths } from '../../contracts/access-paths.ts'
import {
  type Contracts,
  isReadable,
  pageParameters,
  type ReadableCollection
} from '../../contracts/contracts.ts'
import { columnOf } from '../../store/table.ts'
import type { JsonObject } from '../../values/json.ts'
import { freshnessParameters, stalenessPattern } from '../read/freshness.ts'
import { bounds } from '../read/query.ts'
import { collectionUrl } from '../read/routes.ts'
import { type Access, type AccessModes, readAccess } from './access.ts'
import { describeColumn, rowSchema, valueSchema } from './column-schema.ts'
import { reference } from './event-schemas.ts'
import { codesOf, namedProblems, problemReferences } from './problem-responses.ts'

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

/** Write how reads are refused. */
export function readResponses(modes: AccessModes): JsonObject {
  const access = readAccess(modes)
  return {
    ...namedProblems('list', refusalsOf.list(access)),
    ...namedProblems('get', refusalsOf.get(access))
  }
}

/** Describe the routes of every collection that is read. */
export function readPaths(
  { collections }: Pick<Contracts, 'collections'>,
  modes: AccessModes
): JsonObject {
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

/** Write the schemas of rows, by collection. */
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
  const description = describeFilters(collection)
  return {
    tags: [tagOf(collection)],
    operationId: operationIds(collection).list,
    summary: `List rows of ${name}`,
    ...(description && { description }),
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

type PageParameter = (typeof pageParameters)[number]

/** Parameters that are the same for every collection, as `#/components/parameters` has them. */
export const sharedParameters: JsonObject = {
  cursor: {
    name: 'cursor',
    in: 'query',
    description: 'Where the page begins: taken from the `Link` of the previous page. Opaque.',
    schema: { type: 'string', minLength: 1 }
  },
  after: {
    name: 'after',
    in: 'query',
    description: 'A `commitTimestamp` of an earlier answer: the read sees at least that commit.',
    schema: { type: 'string', format: 'date-time' }
  },
  'If-None-Match': {
    name: 'If-None-Match',
    in: 'header',
    description: 'The `ETag` of an earlier answer: if it still matches, the answer is 304.',
    schema: { type: 'string' }
  }
}

/** Refer to a shared parameter. */
export const shared = (name: 'cursor' | 'after' | 'If-None-Match'): JsonObject => ({
  $ref: `#/components/parameters/${name}`
})

const pages: Readonly<Record<PageParameter, (read: ReadableCollection['read']) => JsonObject>> = {
  limit: ({ pageSize, maxPageSize }) => ({
    name: 'limit',
    in: 'query',
    description: 'Maximum number of rows in the page.',
    schema: { type: 'integer', minimum: 1, maximum: maxPageSize, default: pageSize }
  }),
  cursor: () => shared('cursor'),
  staleness: ({ maxStalenessMs }) => ({
    name: 'staleness',
    in: 'query',
    description: `How old the answer may be: \`15s\`, \`500ms\` or \`2m\`, at most ${maxStalenessMs / 1000} s. Without it the read is strong.`,
    schema: { type: 'string', pattern: stalenessPattern }
  }),
  after: () => shared('after')
}

/** Describe the parameters of a page: which page, how fresh, and the filters. */
function listParameters({ table, read, ...rest }: ReadableCollection): readonly JsonObject[] {
  const filters = read.filters.flatMap((name) => {
    const { type } = columnOf(table, name)
    const schema = valueSchema(type)
    const sentence = describeColumn(rest.columnDescriptions[name], type)
    const filter = (suffix: string, description: string) => ({
      name: `${name}${suffix}`,
      in: 'query',
      description,
      schema
    })
    return [
      filter('', sentence),
      ...bounds.map((bound) => filter(`.${bound}`, boundSentence[bound](name)))
    ]
  })
  return [...pageParameters.map((name) => pages[name](read)), ...filters]
}

const boundSentence: Readonly<Record<(typeof bounds)[number], (name: string) => string>> = {
  gt: (name) => `Rows whose \`${name}\` is greater than this.`,
  gte: (name) => `Rows whose \`${name}\` is greater than or equal to this.`,
  lt: (name) => `Rows whose \`${name}\` is less than this.`,
  lte: (name) => `Rows whose \`${name}\` is less than or equal to this.`
}

/** Describe which filters work together; undefined when there are none. */
function describeFilters({ read }: ReadableCollection): string | undefined {
  const served = describeAccessPaths(read.accessPaths)
  return served && `Filters: ${served}. No full scan is ever run.`
}

/** Describe the parameters of one row: its key in the path, how fresh, and the validator. */
function rowParameters({ table, read, ...rest }: ReadableCollection): readonly JsonObject[] {
  const key = table.primaryKey.map((name) => {
    const { type } = columnOf(table, name)
    const description = describeColumn(rest.columnDescriptions[name], type)
    return { name, in: 'path', required: true, description, schema: valueSchema(type) }
  })
  return [...key, ...freshnessParameters.map((name) => pages[name](read)), shared('If-None-Match')]
}
