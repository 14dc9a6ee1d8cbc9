import type { DeadLetterSummary } from './stored.ts'

/** A dead letter that was replayed this often without landing needs a person, not another attempt. */
export const maxReplays = 10

export interface Selection {
  /** To be read once. */
  readonly letters: AsyncIterable<DeadLetterSummary>
  /** How many were skipped so far: landed before, or replayed too often. */
  readonly skipped: { readonly landed: number; readonly exhausted: number }
  /** Ids that were seen so far, skipped or not. */
  readonly seen: ReadonlySet<string>
}

/** Select what to replay of these dead letters: what has landed is never replayed. */
export function selectDeadLetters(
  found: AsyncIterable<DeadLetterSummary>,
  { force, limit }: { readonly force: boolean; readonly limit?: number | undefined }
): Selection {
  const skipped = { landed: 0, exhausted: 0 }
  const seen = new Set<string>()

  function reasonToSkip({ status, replays }: DeadLetterSummary): keyof typeof skipped | undefined {
    if (status === 'replayed') return 'landed'
    return replays >= maxReplays && !force ? 'exhausted' : undefined
  }

  async function* select(): AsyncGenerator<DeadLetterSummary> {
    let selected = 0
    for await (const letter of found) {
      seen.add(letter.id)
      const reason = reasonToSkip(letter)
      if (reason) skipped[reason] += 1
      else yield letter
      selected += reason ? 0 : 1
      if (selected === limit) return
    }
  }

  return { letters: select(), skipped, seen }
}
