import type { DatabaseSync } from 'node:sqlite'

export interface CommitClock {
  /**
   * The commit timestamp of the transaction that is open: later than every earlier one of this
   * file, whatever the clock does and whichever process made it. RFC 3339 with nine digits, of
   * which it uses only six, as Spanner does
   * (https://cloud.google.com/spanner/docs/commit-timestamp).
   */
  next(): string
}

/** Keep the last commit timestamp of a file in the file itself, in a table of one row. */
export function createCommitClock(database: DatabaseSync, now: () => number): CommitClock {
  database.exec(
    'CREATE TABLE IF NOT EXISTS landfall_clock (id INT PRIMARY KEY CHECK (id = 1), last_micros INT)'
  )
  database.exec('INSERT OR IGNORE INTO landfall_clock VALUES (1, 0)')
  const advance = database.prepare(
    'UPDATE landfall_clock SET last_micros = max(last_micros + 1, ?) RETURNING last_micros'
  )
  return {
    next() {
      const row = advance.get(now() * 1000)
      return formatMicros(Number(row?.['last_micros']))
    }
  }
}

function formatMicros(micros: number): string {
  const seconds = new Date(Math.floor(micros / 1000)).toISOString().slice(0, 19)
  return `${seconds}.${String(micros % 1_000_000).padStart(6, '0')}000Z`
}
