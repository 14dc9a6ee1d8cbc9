import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compilePattern } from '../../src/contracts/pattern.ts'

describe('a pattern', () => {
  const texts = [
    ...[
      '',
      'a',
      'A',
      'abc',
      'a\nb',
      'a\rb',
      'a\u2028b',
      ' ',
      '\t',
      '\v',
      '\u00a0',
      '\ufeff',
      '\u3000'
    ],
    ...[
      'é',
      'É',
      'ß',
      'Σ',
      'ς',
      'K',
      '😀',
      '\ud83d',
      '\ude00',
      '\0',
      '\b',
      '-',
      '[',
      ']',
      '^',
      '/',
      '\\'
    ],
    ...['0', '٣', '_', 'x-y', '2026-11-01', 'aa', 'aab', '.', '{', '}', '(', '&&', '😀😀']
  ]

  test.each([
    ...[
      '^a$',
      '.',
      '^.$',
      'a.b',
      '^\\s+$',
      '^\\S+$',
      '[\\s]',
      '[^\\s]',
      '[\\S]',
      '^[^\\S]$',
      '\\d',
      '\\D',
      '[\\d]'
    ],
    ...[
      '\\w',
      '\\W',
      '^\\w$',
      '\\bb',
      '\\B',
      '[\\b]',
      '\\0',
      '\\x41',
      '\\u0041',
      '\\u{41}',
      '\\u{1F600}',
      '^\\ud83d\\ude00$'
    ],
    ...[
      '\\ud83d',
      '\\ude00',
      '\\cJ',
      '\\cj',
      '\\t',
      '\\v',
      '\\f',
      '\\/',
      '\\-'.replace('\\-', '[\\-]'),
      '[a-]',
      '[-a]',
      '[\\]]',
      '[[]',
      '[\\[a]'
    ],
    ...[
      '[^]',
      '[]',
      'a[]|b',
      '^[^]$',
      '[.]',
      '[(?=]',
      '[(?<a]',
      '[^^]',
      '[&&]',
      '(?:a|b)+',
      '(?<name>a)b',
      '(a)(b)?',
      'a{2}',
      '^a{1,2}b'
    ],
    ...[
      'a*?b',
      'a+?',
      '\\p{L}',
      '^\\p{Lu}$',
      '\\P{L}',
      '\\p{Script=Greek}',
      '\\p{sc=Greek}',
      '\\p{gc=Lu}',
      '[\\p{L}\\d]',
      '^$'
    ],
    ...[
      '\\{',
      '\\}',
      '\\(',
      '\\.',
      '\\\\',
      '\\^',
      '\\$',
      '\\|',
      '^[^\\ud83d]$',
      '😀',
      '[😀]',
      '^[a-z]+(?:-[a-z]+)*$'
    ]
  ])('%s matches what the engine of the runtime matches', (pattern) => {
    const [ours, theirs] = [compilePattern(pattern), new RegExp(pattern, 'u')]
    for (const text of texts) expect([text, ours.test(text)]).toEqual([text, theirs.test(text)])
  })

  test('made of any parts matches what the engine of the runtime matches', () => {
    const atom = fc.constantFrom(
      ...[
        'a',
        'b',
        '.',
        '\\s',
        '\\S',
        '\\d',
        '\\w',
        '[ab]',
        '[^a]',
        '[\\s-]',
        '\\u0061',
        '\\n',
        '(?:a|)',
        '^',
        '$'
      ]
    )
    const repeated = fc
      .tuple(atom, fc.constantFrom('', '', '*', '+?', '{0,2}'))
      .map(([part, times]) => (/[\^$]/.test(part) && part.length === 1 ? part : part + times))
    const pattern = fc.array(repeated, { maxLength: 6 }).map((parts) => parts.join(''))
    const text = fc.string({
      unit: fc.constantFrom('a', 'b', ' ', '\n', '\u2028', '-', '7', 'é'),
      maxLength: 8
    })
    fc.assert(
      fc.property(pattern, text, (source, subject) => {
        expect(compilePattern(source).test(subject)).toBe(new RegExp(source, 'u').test(subject))
      })
    )
  })

  test.each(['^([a-z]+)*$', '^(a+)+$', '^(a|a)*$', '^(a|aa)+$', '(.*a){20}$', '^(\\w+\\s?)*$'])(
    '%s takes no more than linear time',
    (pattern) => {
      expect(compilePattern(pattern).test(`${'a'.repeat(64 * 1024)}!`)).toBe(false)
    }
  )

  test.each([
    ['a back reference', '(a)\\1', /back reference/],
    ['a named back reference', '(?<n>a)\\k<n>', /back reference/],
    ['a lookahead', 'a(?=b)', /looks ahead or behind/],
    ['a negative lookahead', '(?!a)b', /looks ahead or behind/],
    ['a lookbehind', '(?<=a)b', /looks ahead or behind/],
    ['a negative lookbehind', '(?<!a)b', /looks ahead or behind/],
    ['modifiers', '(?i:a)', /modifiers/],
    ['too many repetitions', 'a{1001}', /linear time/],
    ['an unknown property', '\\p{Landfall}', /./],
    ['the syntax of another engine', '[[:alpha:]]', /./],
    ['an escape that is none', '\\A', /./],
    ['no end', '(', /./]
  ])('with %s is refused', (_, pattern, message) => {
    expect(() => compilePattern(pattern)).toThrow(message)
  })
})
