import { Failure } from './failures.ts'

/** Say in one line why a process or a command cannot go on; a bug keeps its stack. */
export function explain(error: unknown): string {
  if (error instanceof Failure) return `${error.code}: ${error.message}`
  if (isSystemError(error)) return `${error.code}: ${error.message}`
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error
}
