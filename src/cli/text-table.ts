/**
 * Lay out cells as lines of text, the first one underlined. Columns that hold numbers, below the
 * first line, are set to the right.
 */
export function textTable(rows: readonly (readonly string[])[]): readonly string[] {
  const [head = [], ...body] = rows
  const columns = head.map((_, column) => rows.map((row) => row[column] ?? ''))
  const widths = columns.map((texts) => Math.max(...texts.map((text) => text.length)))
  const numeric = columns.map(([, ...texts]) => texts.every((text) => /^[\d,.]+$/.test(text)))
  const line = (row: readonly string[]) =>
    row
      .map((text, column) => {
        const width = widths[column] ?? 0
        return numeric[column] ? text.padStart(width) : text.padEnd(width)
      })
      .join('  ')
      .trimEnd()
  const rule = '─'.repeat(widths.reduce((total, width) => total + width + 2, -2))
  return [line(head), rule, ...body.map(line)]
}
