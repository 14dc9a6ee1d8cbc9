import { refuses, takes } from './conversions.ts'

takes('BYTES(3)', [
  ['three bytes', 'AAEC', 'AAEC'],
  ['one byte with its padding', '/w==', '/w=='],
  ['no bytes', '', '']
])

const malformed = 'is not standard base64 with padding'

refuses('BYTES(3)', [
  ['four bytes', 'AAECAw==', 'is longer than 3 bytes'],
  ['missing padding', '/w', malformed],
  ['the URL alphabet', '_w==', malformed],
  ['bits that are left over', '/x==', malformed],
  ['a line feed', 'AAEC\n', malformed],
  ['text that is not base64', 'a b', malformed],
  ['a number', 1, 'is not a base64 string']
])

const mebibytes10 = Buffer.alloc(10 * 1024 * 1024).toString('base64')

takes('BYTES(MAX)', [['10 MiB', mebibytes10, mebibytes10]])

refuses('BYTES(MAX)', [
  [
    'a byte more than 10 MiB',
    Buffer.alloc(10 * 1024 * 1024 + 1).toString('base64'),
    'is longer than 10485760 bytes'
  ]
])
