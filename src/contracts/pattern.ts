import { RE2JS } from 're2js'

/** The longest text that a pattern is matched with, unless a `maxLength` beside it allows more. */
export const maxPatternCharacters = 65_536

/** A regular expression that takes time in proportion to the text, whatever both are. */
export interface Pattern {
  test(text: string): boolean
}

/**
 * Compile a pattern of ECMA-262 with the flag `u`, as JSON Schema has them. RE2 has other defaults
 * (`.`, `\s`) and another syntax, so the pattern is translated, and what RE2 cannot do is refused.
 *
 * @throws {SyntaxError} saying what is wrong with the pattern, and what was expected
 */
export function compilePattern(pattern: string, ignoreCase = false): Pattern {
  // ECMA-262 refuses what only RE2 knows, such as `\A` and `(?i)`.
  void new RegExp(pattern, 'u')
  const translated = translate(pattern)
  try {
    const compiled = RE2JS.compile(translated, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0)
    return { test: (text) => compiled.test(text) }
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    throw new SyntaxError(`cannot be matched in linear time: ${detail}`, { cause: error })
  }
}

const token =
  /\\u\{(?<code>[\dA-F]+)\}|\\u(?<high>D[89AB][\dA-F]{2})\\u(?<low>D[C-F][\dA-F]{2})|\\u(?<unit>[\dA-F]{4})|\\x(?<byte>[\dA-F]{2})|\\c(?<control>[A-Z])|\\(?<property>[pP])\{(?<name>[^}]*)\}|\\(?<reference>k<|[1-9])|\\(?<escaped>.)|\[\^?\]|\(\?(?:<[=!]|[=!:]|<[^>]*>|.)|./gisu

function translate(pattern: string): string {
  let inClass = false
  return pattern.replace(token, (text, ...rest) => {
    // The groups are the last argument.
    const escaped = translateEscape(rest.at(-1), inClass)
    if (escaped !== undefined) return escaped
    if (inClass) {
      inClass = !text.endsWith(']')
      return text.replaceAll('[', '\\[')
    }
    inClass = text === '['
    return translatePlain(text)
  })
}

type Groups = Readonly<Record<string, string | undefined>>

function translateEscape(groups: Groups, inClass: boolean): string | undefined {
  const { code, high, low, unit, byte, control, property, name, reference, escaped } = groups
  if (reference) {
    throw new SyntaxError(
      'has a back reference, expected a pattern that can be matched in linear time'
    )
  }
  if (high && low) return codePoint(0x10000 + ((hex(high) & 0x3ff) << 10) + (hex(low) & 0x3ff))
  const digits = code ?? unit ?? byte
  if (digits) return codePoint(hex(digits))
  if (control) return codePoint((control.codePointAt(0) ?? 0) % 32)
  if (property)
    return `\\${property}{${(name ?? '').replace(/^(Script|sc|General_Category|gc)=/, '')}}`
  return escaped === undefined ? undefined : translateEscaped(escaped, inClass)
}

function translateEscaped(escaped: string, inClass: boolean): string {
  const ranges = { s: space, S: noSpace }[escaped]
  if (ranges) return inClass ? ranges : `[${ranges}]`
  if (escaped === '0') return codePoint(0)
  if (escaped === 'b' && inClass) return codePoint(8)
  return /[dDwWbBtnvfr]/.test(escaped) ? `\\${escaped}` : codePoint(escaped.codePointAt(0) ?? 0)
}

function translatePlain(text: string): string {
  if (text === '.') return '[^\\n\\r\\x{2028}\\x{2029}]'
  if (text === '[]') return '[^\\x{0}-\\x{10FFFF}]'
  if (text === '[^]') return '[\\x{0}-\\x{10FFFF}]'
  if (!text.startsWith('(?') || text === '(?:') return text
  if (/^\(\?<[^=!]/.test(text)) return '('
  if (/[=!]$/.test(text)) {
    throw new SyntaxError(
      'looks ahead or behind, expected a pattern that can be matched in linear time, or several in allOf and not'
    )
  }
  throw new SyntaxError('has modifiers, expected a pattern without them')
}

const hex = (digits: string) => Number.parseInt(digits, 16)
const codePoint = (code: number) => `\\x{${code.toString(16)}}`

/** White space and line ends of ECMA-262; RE2's `\s` has those of ASCII only. */
const space =
  '\\t-\\r \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}'
const noSpace =
  '\\x{0}-\\x{8}\\x{e}-\\x{1f}!-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}\\x{200b}-\\x{2027}' +
  '\\x{202a}-\\x{202e}\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}\\x{3001}-\\x{fefe}\\x{ff00}-\\x{10FFFF}'
