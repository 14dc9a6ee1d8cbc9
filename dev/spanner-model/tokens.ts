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
  const word = () => tokens[at]?.[0] ?? ''
  const accept = (...words: readonly string[]) => {
    const next = words.every((one, ahead) => tokens[at + ahead]?.[0].toUpperCase() === one)
    if (next) at += words.length
    return next
  }
  const expect = (...words: readonly string[]) => {
    if (!accept(...words)) throw unexpected(words.join(' '), word())
  }
  const name = () => {
    const found = word()
    if (!/^[`@\w]/.test(found)) throw unexpected('a name', found)
    at += 1
    return found.replaceAll('`', '')
  }
  const untilClosed = () => {
    const start = tokens[at]?.index ?? statement.length
    at += lengthUntilClosed(tokens.slice(at).map(([text]) => text))
    const end = tokens[at]?.index ?? statement.length
    expect(')')
    return statement.slice(start, end).replaceAll('`', '').trim()
  }
  const done = () => at >= tokens.length
  return { accept, expect, name, untilClosed, done, ...lists({ accept, expect }) }
}

const unexpected = (expected: string, seen: string) =>
  refusal(status.INVALID_ARGUMENT, `Syntax error: expected ${expected}, got "${seen}"`)

/** Count the tokens before the parenthesis that closes one before the first. */
function lengthUntilClosed(words: readonly string[]): number {
  let depth = 1
  const end = words.findIndex((word) => {
    if (word === '(') depth += 1
    if (word === ')') depth -= 1
    return depth === 0
  })
  return end === -1 ? words.length : end
}

function lists({ accept, expect }: Pick<Cursor, 'accept' | 'expect'>) {
  return {
    several<T>(item: () => T): readonly T[] {
      const items = [item()]
      while (accept(',')) items.push(item())
      return items
    },
    list<T>(item: () => T): readonly T[] {
      expect('(')
      const items: T[] = []
      while (!accept(')')) {
        items.push(item())
        if (accept(',')) continue
        expect(')')
        break
      }
      return items
    }
  }
}
