import type { Expectation, ShownRow } from './expectation.ts'
import type { HttpClient } from './http-client.ts'
import { readBack } from './read-back.ts'
import { rowDifferences } from './row-differences.ts'

const pageSize = 1000

/**
 * Read the collections and list where the rows of a run differ from the expected ones, a sentence
 * each. The rows of other runs are skipped, but read: the API lists a whole collection.
 *
 * @throws {Error} when a page cannot be read
 */
export async function runDifferences(
  client: Pick<HttpClient, 'get'>,
  expected: readonly Expectation[],
  run: string
): Promise<readonly string[]> {
  const differences: string[] = []
  for (const one of expected) {
    const { rows } = await readBack(client, one.path, pageSize)
    differences.push(
      ...rowDifferences(
        one,
        rows.filter((row) => isOf(run, row, one.key))
      )
    )
  }
  return differences
}

function isOf(run: string, row: ShownRow, key: readonly string[]): boolean {
  return key.some((name) => String(row[name]).startsWith(run))
}
