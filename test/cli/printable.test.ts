import { expect, test } from 'vitest'
import { printable, printableLines } from '../../src/cli/printable.ts'

test.each([
  ['plain text', 'aé漢🎉', 'aé漢🎉'],
  ['an escape sequence', '\u001b[2J', '\\u001b[2J'],
  ['a control sequence of one character', '\u009b2J', '\\u009b2J'],
  ['a line end', 'a\nb', 'a\\u000ab'],
  ['text that reverses its direction', 'a\u202eb', 'a\\u202eb'],
  ['half a character', '\ud800', '\\ud800'],
  ['an invisible tag', '\u{e0041}', '\\udb40\\udc41']
])('shows %s so that it changes nothing else', (_name, text, shown) => {
  expect(printable(text)).toBe(shown)
})

test('keeps the lines of a text', () => {
  expect(printableLines('a\r\n\u001bb\n')).toBe('a\n\\u001bb\n')
})
