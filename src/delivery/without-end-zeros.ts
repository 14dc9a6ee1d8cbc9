/** Cut the zeros at the end of digits. A regular expression would be quadratic in other zeros. */
export function withoutEndZeros(digits: string): string {
  let end = digits.length
  while (end > 0 && digits[end - 1] === '0') end -= 1
  return digits.slice(0, end)
}
