import type { LetterSummary } from './stored.ts'

/** A letter that was replayed this often and has not landed needs a person, not another try. */
export const maxReplays = 10

export interface Choice {
  /** To be read once. */
  readonly letters: AsyncIterable<LetterSummary>
  /** What was seen so far and is not among them: landed before, or replayed too often. */
  readonly leftOut: { landed: number; wornOut: number }
  /** Ids that were seen so far, left out or not. */
  readonly seen: ReadonlySet<string>
}

/** Choose what to replay of the letters that are meant: what has landed is never replayed. */
export function chooseLetters(
  meant: AsyncIterable<LetterSummary>,
  { force, limit }: { readonly force: boolean; readonly limit: number }
): Choice {
  const leftOut = { landed: 0, wornOut: 0 }
  const seen = new Set<string>()

  function reasonToLeaveOut({ status, replays }: LetterSummary): keyof typeof leftOut | undefined {
    if (status === 'replayed') return 'landed'
    return replays >= maxReplays && !force ? 'wornOut' : undefined
  }

  async function* choose(): AsyncGenerator<LetterSummary> {
    let chosen = 0
    for await (const letter of meant) {
      seen.add(letter.id)
      const reason = reasonToLeaveOut(letter)
      if (reason) leftOut[reason] += 1
      else yield letter
      chosen += reason ? 0 : 1
      if (chosen === limit) return
    }
  }

  return { letters: choose(), leftOut, seen }
}
