/** Invisible characters and escape sequences: of a payload, they could write over the terminal. */
const unprintable = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/gu

/** Show text of an untrusted sender on one line: what cannot be seen is escaped as in JSON. */
export function printable(text: string): string {
  return text.replace(unprintable, escaped)
}

/** Show text of an untrusted sender on as many lines as it has. */
export function printableLines(text: string): string {
  return text.split(/\r?\n/).map(printable).join('\n')
}

function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i))
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
}

/** Return how many there are, in words: `1 table`, `2 tables`. */
export function counted(things: number | readonly unknown[], name: string): string {
  const count = typeof things === 'number' ? things : things.length
  return `${count} ${name}${count === 1 ? '' : 's'}`
}
