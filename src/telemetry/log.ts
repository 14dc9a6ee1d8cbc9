import { type Logger, type LoggerOptions, pino, stdSerializers } from 'pino'
import { Failure } from '../failures.ts'

/** Cloud Logging's names for pino's levels (https://cloud.google.com/logging/docs/structured-logging). */
const severities: Readonly<Record<string, string>> = {
  trace: 'DEBUG',
  debug: 'DEBUG',
  info: 'INFO',
  warn: 'WARNING',
  error: 'ERROR',
  fatal: 'CRITICAL'
}

/**
 * Describe an error for the log. Of a failure that is code and message only: its cause is what the
 * store said, which quotes keys and values. A bug keeps its stack.
 */
export function describeError(error: unknown): unknown {
  if (!(error instanceof Failure)) return stdSerializers.errWithCause(error as Error)
  const { code, message, cause } = error
  return { code, message, ...(code === 'INTERNAL' && { stack: stackOf(cause) }) }
}

const stackOf = (error: unknown) => (error instanceof Error ? error.stack : undefined)

/** Make a logger that writes one JSON object per line, as Cloud Logging reads it. */
export function createLog(level: string): Logger {
  // pino's own default destination never returns from an exit when nobody reads the log any more.
  const destination = pino.destination({ fd: 1, sync: true })
  destination.on('error', () => undefined)
  const options: LoggerOptions = {
    level,
    base: null,
    messageKey: 'message',
    serializers: { err: describeError },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ severity: severities[label] ?? 'DEFAULT' }) }
  }
  return pino(options, destination)
}
