/**
 * Group raw header lines by lower-case name; the reader of a repeated header decides what it means.
 */
export function headerLines(raw: readonly string[]): Record<string, readonly string[]> {
  const lines: Record<string, string[]> = Object.create(null)
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = String(raw[i]).toLowerCase()
    const values = lines[name] ?? []
    values.push(String(raw[i + 1]))
    lines[name] = values
  }
  return lines
}
