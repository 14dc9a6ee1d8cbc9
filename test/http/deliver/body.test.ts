import { once } from 'node:events'
import { PassThrough, Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { createAdmission } from '../../../src/http/deliver/admission.ts'
import {
  checkDeclaredBytes,
  inflateBody,
  maxBodyBytes,
  readBody
} from '../../../src/http/deliver/body.ts'

describe('admission', () => {
  test('counts the declared bytes until they are released, once', () => {
    const admission = createAdmission(10, 100)
    const slot = admission.enter(60)
    expect(() => admission.enter(41)).toThrow(expect.objectContaining({ code: 'QUEUE_FULL' }))
    slot.release()
    slot.release()
    expect(() => admission.enter(100)).not.toThrow()
    expect(() => admission.enter(1)).toThrow(expect.objectContaining({ code: 'QUEUE_FULL' }))
  })

  test('bounds the requests in progress', () => {
    const admission = createAdmission(1, 100)
    const slot = admission.enter(0)
    expect(() => admission.enter(0)).toThrow(expect.objectContaining({ code: 'QUEUE_FULL' }))
    slot.release()
    expect(() => admission.enter(0)).not.toThrow()
  })

  test('refused for its bytes leaves nothing behind', () => {
    const admission = createAdmission(1, 100)
    expect(() => admission.enter(101)).toThrow(expect.objectContaining({ code: 'QUEUE_FULL' }))
    expect(() => admission.enter(100)).not.toThrow()
  })
})

describe('reading a body', () => {
  const stream = (...sizes: number[]) => Readable.from(sizes.map((size) => Buffer.alloc(size, 'x')))

  test('joins its chunks', async () => {
    const slot = createAdmission(1, 1000).enter(30)
    expect(await readBody(stream(10, 20), 30, slot)).toEqual(Buffer.alloc(30, 'x'))
    expect(await readBody(stream(), 0, slot)).toEqual(Buffer.alloc(0))
  })

  test('counts an undeclared length as it arrives', async () => {
    const admission = createAdmission(2, 25)
    const slot = admission.enter(0)
    await expect(readBody(stream(10, 20), undefined, slot)).rejects.toMatchObject({
      code: 'QUEUE_FULL'
    })
    slot.release()
    expect(() => admission.enter(25)).not.toThrow()
  })

  test('stops at 16 MiB, declared or not', async () => {
    const slot = createAdmission(1, 100 * maxBodyBytes).enter(0)
    await expect(readBody(stream(maxBodyBytes, 1), undefined, slot)).rejects.toMatchObject({
      code: 'BODY_TOO_LARGE'
    })
    expect(() => checkDeclaredBytes(maxBodyBytes + 1)).toThrow(
      expect.objectContaining({ code: 'BODY_TOO_LARGE' })
    )
    expect(() => checkDeclaredBytes(maxBodyBytes)).not.toThrow()
  })
})

describe('a broken body', () => {
  test('is read to its end and discarded once it is refused', async () => {
    const slot = createAdmission(1, 25).enter(0)
    const body = Readable.from([10, 20, 10, 20].map((size) => Buffer.alloc(size, 'x')))
    const ended = once(body, 'end')
    await expect(readBody(body, undefined, slot)).rejects.toMatchObject({ code: 'QUEUE_FULL' })
    await ended
  })

  test('fails as its stream does when the sender hangs up', async () => {
    const slot = createAdmission(1, 100).enter(10)
    const body = new PassThrough()
    const read = readBody(body, 10, slot)
    body.write('abc')
    body.destroy(new Error('aborted'))
    await expect(read).rejects.toThrow('aborted')
  })
})

describe('inflating a body', () => {
  test('reserves room for the largest body before it begins, and then returns the unused bytes', async () => {
    const admission = createAdmission(10, maxBodyBytes)
    const slot = admission.enter(0)
    expect(await inflateBody(gzipSync('hello'), 'GZIP', slot)).toEqual(Buffer.from('hello'))
    expect(() => admission.enter(maxBodyBytes - 5)).not.toThrow()
    await expect(inflateBody(gzipSync('hello'), 'gzip', slot)).rejects.toMatchObject({
      code: 'QUEUE_FULL'
    })
  })
})
