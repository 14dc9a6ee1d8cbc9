/** Bytes in hand at once. */
export const batchBytes = 16 * 1024 * 1024
const batchItems = 500

/**
 * Group what comes, in its order: a batch is full with 500 items, or with the item that fills 16 MiB.
 * So memory and commits stay bounded whatever comes.
 */
export async function* inBatches<T>(
  items: AsyncIterable<T>,
  bytesOf: (item: T) => number
): AsyncGenerator<readonly T[]> {
  let batch: T[] = []
  let bytes = 0
  for await (const item of items) {
    batch.push(item)
    bytes += bytesOf(item)
    if (batch.length < batchItems && bytes < batchBytes) continue
    yield batch
    batch = []
    bytes = 0
  }
  if (batch.length > 0) yield batch
}
