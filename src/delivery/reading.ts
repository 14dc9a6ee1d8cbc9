import { type Failure, isFailure } from '../failures.ts'
import type { Arrival, Json } from './event.ts'

/** What an event says of itself, checked or not, by attribute name. */
export type Claims = Readonly<Record<string, Json | undefined>>

export type Content = Arrival['content']

/** One event as read: its content, and its claims, by which a refused event is still known. */
export interface Reading {
  readonly claims: Claims
  readonly content: Content
}

/** Run a reader; what it refuses becomes the reason. Anything else it throws is a bug, and goes on. */
export function settle(read: () => Content): Content {
  try {
    return read()
  } catch (error) {
    if (!isFailure(error, 'dead-letter')) throw error
    return refusal(error)
  }
}

/** Turn a refusal into the content that takes the place of an event. */
export function refusal({ code, message }: Failure): Content {
  return { reason: { code, detail: message } }
}
