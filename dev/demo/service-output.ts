import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

/**
 * Wait for the log line that says which port the service listens on. Lines go on being read after
 * it, so that the service never waits for a reader.
 */
export function listeningPort(stdout: Readable): Promise<number> {
  const lines = createInterface({ input: stdout })
  return new Promise((resolve) => {
    lines.on('line', function read(line) {
      const port = portIn(line)
      if (port === undefined) return
      lines.off('line', read)
      resolve(port)
    })
  })
}

function portIn(line: string): number | undefined {
  if (!line.includes('"message":"listening"')) return undefined
  const entry: unknown = JSON.parse(line)
  const known = typeof entry === 'object' && entry !== null && 'port' in entry
  return known && typeof entry.port === 'number' ? entry.port : undefined
}

/** Keep the end of what a stream says; the returned function tells what it was so far. */
export function collectText(stream: Readable): () => string {
  let text = ''
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-4000)
  })
  return () => text.trim()
}
