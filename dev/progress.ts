import type { ProgressStream } from '../src/cli/report.ts'

export interface Progress {
  /** Say that a part of the work begins. */
  begin(what: string): void
  /** Say how far it is. */
  at(done: number, of: number): void
  /** Clear the line. */
  end(): void
}

const barCells = 30

/** Show progress as one line that changes on a terminal, and as a few plain lines elsewhere. */
export function createProgress(stream: ProgressStream): Progress {
  return stream.isTTY ? oneLine(stream) : plainLines(stream)
}

function plainLines(stream: ProgressStream): Progress {
  let quarters = 0
  return {
    begin(what) {
      quarters = 0
      stream.write(`${what}\n`)
    },
    at(done, of) {
      const reached = Math.floor((4 * done) / of)
      if (reached > quarters) stream.write(`  ${25 * reached} %\n`)
      quarters = reached
    },
    end() {}
  }
}

function oneLine(stream: ProgressStream): Progress {
  let doing = ''
  let shown = ''
  const show = (line: string) => {
    if (line !== shown) stream.write(`\r\u001b[K${line}`)
    shown = line
  }
  return {
    begin(what) {
      doing = what
      show(what)
    },
    at(done, of) {
      const cells = Math.round((barCells * done) / of)
      const bar = '█'.repeat(cells).padEnd(barCells, '░')
      show(`${doing} ${bar} ${Math.floor((100 * done) / of)} %`)
    },
    end: () => show('')
  }
}
