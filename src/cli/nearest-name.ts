/** Return the name that differs least from a misspelled one, if it is near: a typo or two away. */
export function nearestName(misspelled: string, names: readonly string[]): string | undefined {
  const [nearest] = names
    .map((name) => ({ name, edits: editDistance(misspelled, name) }))
    .toSorted((a, b) => a.edits - b.edits)
  return nearest && nearest.edits <= Math.min(3, misspelled.length / 3) ? nearest.name : undefined
}

/** Count the characters to insert, delete or replace (Levenshtein). */
function editDistance(from: string, to: string): number {
  const first = Array.from({ length: to.length + 1 }, (_each, index) => index)
  const last = [...from].reduce((above, character, row) => {
    const line = [row + 1]
    for (const [index, other] of [...to].entries()) {
      const replaced = (above[index] ?? 0) + (character === other ? 0 : 1)
      line.push(Math.min(replaced, (above[index + 1] ?? 0) + 1, (line[index] ?? 0) + 1))
    }
    return line
  }, first)
  return last.at(-1) ?? 0
}
