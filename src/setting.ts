/** One environment variable: how it is read, what it is without being set, what it is for. */
export interface Setting<T> {
  readonly summary: string
  /** As written in the documentation. */
  readonly fallback: string
  /** Value of the variable, or what is wrong with it, seen from its reader: "must be …". */
  parse(text: string | undefined): { readonly value: T } | { readonly fault: string }
}

/** Whole number within bounds, both included. */
export function integer(
  summary: string,
  fallback: number,
  { min, max }: { readonly min: number; readonly max: number }
): Setting<number> {
  const fault = { fault: `must be a whole number from ${min} to ${max}` }
  return {
    summary: `${summary} From ${min} to ${max}.`,
    fallback: String(fallback),
    parse(text) {
      if (text === undefined) return { value: fallback }
      const value = Number(text)
      return /^\d{1,15}$/.test(text) && value >= min && value <= max ? { value } : fault
    }
  }
}

/** One of a few words. */
export function choice<const T extends string>(
  summary: string,
  words: readonly T[],
  fallback: NoInfer<T>
): Setting<T> {
  return {
    summary: `${summary} One of ${words.map((word) => `\`${word}\``).join(', ')}.`,
    fallback,
    parse(text) {
      const value = words.find((word) => word === (text ?? fallback))
      return value ? { value } : { fault: `must be one of ${words.join(', ')}` }
    }
  }
}

/** Text that matches a pattern; `shape` names it for people. */
export function text(
  summary: string,
  fallback: string,
  shape: string,
  pattern: RegExp
): Setting<string> {
  return {
    summary,
    fallback,
    parse: (value = fallback) => (pattern.test(value) ? { value } : { fault: `must be ${shape}` })
  }
}

/** Text that may be absent. */
export function optional(
  summary: string,
  absent: string,
  shape: string,
  pattern: RegExp
): Setting<string | undefined> {
  return {
    summary,
    fallback: absent,
    parse: (value) =>
      value === undefined || pattern.test(value) ? { value } : { fault: `must be ${shape}` }
  }
}
