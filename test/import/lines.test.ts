import { describe, expect, test } from 'vitest'
import { readLines } from '../../src/import/lines.ts'
import { collect, each } from '../support/landing.ts'

const read = async (...chunks: readonly string[]) =>
  (await collect(readLines(each(chunks.map((chunk) => Buffer.from(chunk)))))).map(
    ({ number, bytes }) => [number, bytes.toString()]
  )

describe('reading lines', () => {
  test.each([
    ['nothing', [], []],
    ['an empty chunk', [''], []],
    ['one line with an end', ['a\n'], [[1, 'a']]],
    [
      'a last line without an end',
      ['a\nb'],
      [
        [1, 'a'],
        [2, 'b']
      ]
    ],
    [
      'empty lines, which count',
      ['\n\na\n'],
      [
        [1, ''],
        [2, ''],
        [3, 'a']
      ]
    ],
    [
      'lines across chunks',
      ['a', 'b\nc', '\n', 'd'],
      [
        [1, 'ab'],
        [2, 'c'],
        [3, 'd']
      ]
    ]
  ])('reads %s', async (_name, chunks, lines) => {
    expect(await read(...chunks)).toEqual(lines)
  })

  test('keeps bytes that are not UTF-8', async () => {
    const [line] = await collect(readLines(each([Buffer.from([0xff, 0x0a])])))
    expect(line?.bytes).toEqual(Buffer.from([0xff]))
  })

  test('refuses a line that is longer than a delivery, and names it', async () => {
    const chunks = [
      Buffer.from('a\n'),
      ...Array.from({ length: 17 }, () => Buffer.alloc(2 ** 20, 0x61))
    ]
    await expect(collect(readLines(each(chunks)))).rejects.toMatchObject({
      code: 'BODY_TOO_LARGE',
      message: expect.stringContaining('line 2')
    })
  })
})
