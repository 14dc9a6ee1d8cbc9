/** Return how many there are, in words: `1 table`, `2 tables`. */
export function counted(things: number | readonly unknown[], name: string): string {
  const count = typeof things === 'number' ? things : things.length
  return `${count} ${name}${count === 1 ? '' : 's'}`
}
