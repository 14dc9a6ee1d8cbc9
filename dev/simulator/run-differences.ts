import type { Expectation, ShownRow } from './expectation.ts'
import type { HttpClient } from './http-client.ts'
import { readBack } from './read-back.ts'
import { rowDifferences } from './row-differences.ts'

const pageSize = 1000

/**
 * Read the collections and say, one sentence each, where the rows of a run differ from the expected
 * ones. The rows of others are passed over, but they are read: the API lists a whole collection.
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
