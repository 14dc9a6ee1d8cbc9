import type { FastifyReply } from 'fastify'
import pLimit from 'p-limit'
import { Failure } from '../../failures.ts'
import { maxPageBytes } from '../../store/page.ts'
import { type Admission, createAdmission } from '../deliver/admission.ts'

/** What all reads of an instance may take together. */
export const readLimits = {
  /** Reads that the store works on at once; others wait for their turn. */
  calls: 12,
  /** Bytes of pages that are read, and of answers that are not written yet. */
  bytes: 64 * 1024 * 1024,
  /** For a reader who takes nothing of its answer; Node notices in twice this time at most. */
  stallMs: 2500,
  /** For a reader who takes all of its answer. */
  answerMs: 60_000
} as const

/** A client that waits for the answer to a read. */
export interface Reader {
  /**
   * Ask the store in turn, with room for a page. The signal is aborted when the reader hangs up.
   *
   * @throws {Failure} QUEUE_FULL, REQUEST_INVALID when the reader hung up before its turn
   */
  ask<T>(call: (signal: AbortSignal) => Promise<T>): Promise<T>
  /**
   * Hold these bytes instead until the answer is written, and no longer than its reader takes it.
   *
   * @throws {Failure} QUEUE_FULL
   */
  answers(bytes: number): void
}

/** Admit readers. Each keeps its share until its connection is closed and its call of the store is over. */
export function createReaders(admission: Admission): (reply: FastifyReply) => Reader {
  const calls = pLimit(readLimits.calls)
  const room = createAdmission(Number.POSITIVE_INFINITY, readLimits.bytes)

  return ({ raw }) => {
    const slots = [admission.enter(0), room.enter(0)]
    const [, share] = slots
    const hangUp = new AbortController()
    let asking = false
    const releaseIfOver = () => {
      if (hangUp.signal.aborted && !asking) for (const slot of slots) slot.release()
    }
    const onClose = () => {
      hangUp.abort()
      releaseIfOver()
    }
    raw.once('close', onClose)
    if (raw.destroyed) onClose()

    return {
      async ask(call) {
        asking = true
        try {
          return await calls(() => {
            if (hangUp.signal.aborted) throw new Failure('REQUEST_INVALID', 'the reader hung up')
            share?.grow(maxPageBytes)
            return call(hangUp.signal)
          })
        } finally {
          asking = false
          releaseIfOver()
        }
      },
      answers(bytes) {
        share?.shrink(maxPageBytes)
        share?.grow(bytes)
        const cutOff = () => void raw.destroy()
        raw.setTimeout(readLimits.stallMs, cutOff)
        const timer = setTimeout(cutOff, readLimits.answerMs)
        raw.once('close', () => clearTimeout(timer))
      }
    }
  }
}
