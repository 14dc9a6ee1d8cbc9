import { expect, it } from 'vitest'
import { crc32c } from '../../src/access/crc32c.ts'

// The vectors of RFC 3720, appendix B.4 (https://www.rfc-editor.org/rfc/rfc3720#appendix-B.4), and
// the check value of the catalogue of CRCs (https://reveng.sourceforge.io/crc-catalogue/17plus.htm).
it.each([
  ['nothing', Buffer.alloc(0), 0],
  ['the check value', Buffer.from('123456789'), 0xe3069283],
  ['32 zeros', Buffer.alloc(32), 0x8a9136aa],
  ['32 ones', Buffer.alloc(32, 0xff), 0x62a8ab43],
  ['bytes that count up', Buffer.from(Array.from({ length: 32 }, (_, n) => n)), 0x46dd794e],
  ['bytes that count down', Buffer.from(Array.from({ length: 32 }, (_, n) => 31 - n)), 0x113fdb5c]
])('gives the published CRC32C of %s', (_name, bytes, sum) => {
  expect(crc32c(bytes)).toBe(sum)
})
