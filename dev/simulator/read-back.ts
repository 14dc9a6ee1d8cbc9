import { Complaint } from '../../src/failures.ts'
import type { ShownRow } from './expectation.ts'
import type { HttpClient } from './http-client.ts'

/** A collection as the read API shows it, to the last page. */
export interface ReadBack {
  readonly path: string
  readonly rows: readonly ShownRow[]
  readonly pages: number
}

/**
 * Read all pages of a collection by following their links.
 *
 * @param limit rows of a page; without it, as many as the collection has by default
 * @throws {Complaint} when a page is not a JSON array of objects, is not answered 200, or repeats
 */
export async function readBack(
  client: Pick<HttpClient, 'get'>,
  path: string,
  limit?: number
): Promise<ReadBack> {
  const rows: ShownRow[] = []
  const seen = new Set<string>()
  let next: string | undefined = `/api/v1/${path}${limit ? `?limit=${limit}` : ''}`
  while (next !== undefined) {
    if (seen.has(next))
      throw new Complaint(`GET /api/v1/${path} links to a page that was already read: ${next}`)
    seen.add(next)
    const { status, link, body } = await client.get(next)
    if (status !== 200)
      throw new Complaint(`GET ${next} was answered ${status}: ${body.slice(0, 500)}`)
    rows.push(...readRows(body, next))
    next = link
  }
  return { path, rows, pages: seen.size }
}

function readRows(body: string, path: string): readonly ShownRow[] {
  const page: unknown = JSON.parse(body)
  if (Array.isArray(page) && page.every(isRow)) return page
  throw new Complaint(`GET ${path} was answered with something that is not an array of rows`)
}

function isRow(value: unknown): value is ShownRow {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
