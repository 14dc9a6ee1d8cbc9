import { pageParameters } from '../../contracts/contracts.ts'
import type { JsonObject } from '../../delivery/json.ts'
import { columnOf } from '../../store/table.ts'
import { describeAccessPaths } from '../access-path.ts'
import { bounds } from '../filters.ts'
import { freshnessParameters, stalenessPattern } from '../freshness.ts'
import type { ReadableCollection } from '../readable-collection.ts'
import { describe, valueSchema } from './column-schema.ts'

type PageParameter = (typeof pageParameters)[number]

/** Parameters that are the same for every collection, as `#/components/parameters` has them. */
export const sharedParameters: JsonObject = {
  cursor: {
    name: 'cursor',
    in: 'query',
    description: 'Where the page begins, as the `Link` of the page before says. Opaque.',
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
    description: 'The `ETag` of an earlier answer: when it still holds, the answer is 304.',
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
    description: 'The most rows in the page.',
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

/** Describe the parameters of a page: which page, how fresh, and the filters. Pure. */
export function listParameters({
  table,
  read,
  ...rest
}: ReadableCollection): readonly JsonObject[] {
  const filters = read.filters.flatMap((name) => {
    const { type } = columnOf(table, name)
    const schema = valueSchema(type)
    const sentence = describe(rest.columnDescriptions[name], type)
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
  gt: (name) => `Rows whose \`${name}\` is greater.`,
  gte: (name) => `Rows whose \`${name}\` is greater or equal.`,
  lt: (name) => `Rows whose \`${name}\` is less.`,
  lte: (name) => `Rows whose \`${name}\` is less or equal.`
}

/** Say which filters work together. */
export function describeFilters({ table, read }: ReadableCollection): string {
  return `Filters: ${describeAccessPaths(table, read.filters)}. No full scan is ever run.`
}

/** Describe the parameters of one row: its key in the path, how fresh, and the validator. Pure. */
export function rowParameters({ table, read, ...rest }: ReadableCollection): readonly JsonObject[] {
  const key = table.primaryKey.map((name) => {
    const { type } = columnOf(table, name)
    const description = describe(rest.columnDescriptions[name], type)
    return { name, in: 'path', required: true, description, schema: valueSchema(type) }
  })
  return [...key, ...freshnessParameters.map((name) => pages[name](read)), shared('If-None-Match')]
}
