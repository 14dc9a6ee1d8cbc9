import { readFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** One call of gcloud or curl: its words joined by spaces, and the values of its options. */
export interface Call {
  readonly text: string
  option(name: string): string
}

export interface Answer {
  readonly status: number
  readonly output: string
}

export interface StandIn {
  /** For the script under test: gcloud and curl on the PATH are the stand-ins. */
  readonly env: Readonly<Record<string, string>>
  /** Every call so far. */
  readonly calls: readonly string[]
}

/** Answer the calls of test/deploy/stand-in/gcloud and curl; undefined lets the caller hang. */
export async function openStandIn(answer: (call: Call) => Answer | undefined): Promise<StandIn> {
  const calls: string[] = []
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    onWords(socket, (words) => {
      const call = toCall(words)
      calls.push(call.text)
      const answered = answer(call)
      if (answered) socket.end(`${answered.status}\n${answered.output}`)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    calls,
    env: {
      PATH: `${join(import.meta.dirname, 'stand-in')}:${process.env['PATH']}`,
      STAND_IN_PORT: String(address.port)
    }
  }
}

/** Words end with a NUL each, and the last one is empty. */
function onWords(socket: Socket, told: (words: readonly string[]) => void): void {
  let received = ''
  socket.setEncoding('utf8').on('data', (chunk) => {
    received += chunk
    if (received.endsWith('\0\0')) told(received.split('\0').slice(0, -2))
  })
}

function toCall(words: readonly string[]): Call {
  return {
    text: words.join(' '),
    option(name) {
      const at = words.indexOf(name)
      return at < 0 ? '' : (words[at + 1] ?? '')
    }
  }
}

/** Read the file that a word of curl names, such as `@/tmp/x`. */
export const fileOf = (word: string) => readFileSync(word.replace(/^@/, ''), 'utf8')
