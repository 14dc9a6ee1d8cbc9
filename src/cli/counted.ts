/** Say how many there are: `1 table`, `2 tables`. */
export function counted({ length }: readonly unknown[], name: string): string {
  return `${length} ${name}${length === 1 ? '' : 's'}`
}
