export type JsonObject = Readonly<Record<string, unknown>>

/** True for what JSON calls an object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Parse text that must be a JSON object; anything else is undefined. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    // The error of JSON.parse repeats what it read, which may be secret.
    return undefined
  }
}
