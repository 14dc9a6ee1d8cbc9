/** Return an element that must be there. @throws {Error} when it is not: a bug, not an input */
export function at<T>(list: readonly T[], index: number): T {
  const element = list[index]
  if (element === undefined) throw new Error(`expected an element at ${index} of ${list.length}`)
  return element
}
