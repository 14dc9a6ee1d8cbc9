import { refuses, takes } from './conversions.ts'

takes('STRING(4)', [
  ['text', 'abcd', 'abcd'],
  ['empty text', '', ''],
  ['NUL', 'a\u0000b', 'a\u0000b'],
  ['four emoji, which are eight UTF-16 units', '🙂🙂🙂🙂', '🙂🙂🙂🙂'],
  ['composed characters as they are', 'é', 'é'],
  ['decomposed characters as they are', 'e\u0301', 'e\u0301'],
  ['right-to-left text', 'שלום', 'שלום']
])

refuses('STRING(4)', [
  ['five characters', 'abcde', 'is longer than 4 characters'],
  ['five emoji', '🙂🙂🙂🙂🙂', 'is longer than 4 characters'],
  ['four emoji and a letter', '🙂🙂🙂🙂a', 'is longer than 4 characters'],
  ['a high surrogate alone', 'a\ud800', 'has a lone surrogate'],
  ['a low surrogate alone', '\udc00a', 'has a lone surrogate'],
  ['surrogates in the wrong order', '\udc00\ud800', 'has a lone surrogate'],
  ['a number', 12, 'is not a string'],
  ['a boolean', true, 'is not a string'],
  ['an array of a string', ['a'], 'is not a string'],
  ['an object', {}, 'is not a string']
])

takes('STRING(MAX)', [
  ['2,621,440 characters', 'a'.repeat(2_621_440), 'a'.repeat(2_621_440)],
  ['2,621,440 emoji', '🙂'.repeat(2_621_440), '🙂'.repeat(2_621_440)]
])

refuses('STRING(MAX)', [
  ['one character more', 'a'.repeat(2_621_441), 'is longer than 2621440 characters']
])
