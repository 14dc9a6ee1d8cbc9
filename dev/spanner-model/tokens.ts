import { status } from '@grpc/grpc-js'
import { refusal } from './refusal.ts'

/** A place in a statement of GoogleSQL, which moves on as its tokens are taken. */
export interface Cursor {
  /** Take these words or signs if they come next, all of them or none. */
  accept(...words: readonly string[]): boolean
  /** Take these words or signs. @throws a refusal, INVALID_ARGUMENT, when others come next */
  expect(...words: readonly string[]): void
  /** Take a name, quoted or not, or a number or a parameter, as it is spelled without quotes. */
  name(): string
  /** Take all up to the parenthesis that closes the one before it, and return its text. */
  untilClosed(): string
  /** Take a list of things between parentheses; a comma may be last. */
  list<T>(item: () => T): readonly T[]
  /** Take things with commas between them. */
  several<T>(item: () => T): readonly T[]
  done(): boolean
}

const token = /`[^`]+`|@?[A-Za-z_0-9]\w*|'[^']*'|[<>]=|[@{}(),=<>.]/g

/** Read a statement token by token. Words are compared without regard to case. */
export function readTokens(statement: string): Cursor {
  const tokens = [...statement.matchAll(token)]
  let at = 0
  const word = (ahead = 0) => tokens[at + ahead]?.[0] ?? ''
  const accept = (...words: readonly string[]) => {
    const next = words.every((one, index) => word(index).toUpperCase() === one)
    if (next) at += words.length
    return next
  }
  const fail = (expected: string) =>
    refusal(status.INVALID_ARGUMENT, `Syntax error: expected ${expected}, got "${word()}"`)
  const expect = (...words: readonly string[]) => {
    if (!accept(...words)) throw fail(words.join(' '))
  }

  function untilClosed(): string {
    const start = tokens[at]?.index ?? statement.length
    for (let depth = 1; ; at += 1) {
      if (at >= tokens.length) throw fail(')')
      if (word() === '(') depth += 1
      if (word() === ')') depth -= 1
      if (depth === 0) break
    }
    const end = tokens[at]?.index ?? statement.length
    at += 1
    return statement.slice(start, end).replaceAll('`', '').trim()
  }

  function several<T>(item: () => T): readonly T[] {
    const items = [item()]
    while (accept(',')) items.push(item())
    return items
  }

  function list<T>(item: () => T): readonly T[] {
    expect('(')
    const items: T[] = []
    while (!accept(')')) {
      items.push(item())
      if (!accept(',') && word() !== ')') throw fail(')')
    }
    return items
  }

  return {
    accept,
    expect,
    name() {
      if (!/^[`@\w]/.test(word())) throw fail('a name')
      at += 1
      return word(-1).replaceAll('`', '')
    },
    untilClosed,
    list,
    several,
    done: () => at >= tokens.length
  }
}
