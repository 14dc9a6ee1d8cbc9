/** Group raw header lines by lower-case name: a repeated header is the decoder's to judge. */
export function headerLines(raw: readonly string[]): Record<string, readonly string[]> {
  const lines: Record<string, string[]> = Object.create(null)
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = String(raw[i]).toLowerCase()
    const values = lines[name] ?? []
    lines[name] = [...values, String(raw[i + 1])]
  }
  return lines
}
