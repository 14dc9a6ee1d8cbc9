import { type DestinationStream, type Logger, type LoggerOptions, pino, stdSerializers } from 'pino'
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

export interface LogOptions {
  /** Name and revision on Cloud Run: labels of every entry. */
  readonly service?: string | undefined
  readonly revision?: string | undefined
  /** Where lines go; standard output unless given. */
  readonly destination?: DestinationStream
}

/**
 * Describe an error for the log. Of a failure, log the code and the message only: its cause is the
 * store's own error, which quotes keys and values. A bug keeps its stack.
 */
function describeError(error: unknown): unknown {
  if (!(error instanceof Failure)) return stdSerializers.errWithCause(error as Error)
  const { code, message } = error
  return { code, message }
}

const errorLevel = 50

/**
 * Give a bug its stack where Error Reporting looks for it
 * (https://cloud.google.com/error-reporting/docs/formatting-error-messages); a failure has none.
 */
function stackTrace({ err }: { readonly err?: unknown }, level: number): object {
  const bug = err instanceof Failure && err.code === 'INTERNAL' ? err.cause : err
  const isBug = level >= errorLevel && bug instanceof Error && !(bug instanceof Failure)
  return isBug ? { stack_trace: bug.stack } : {}
}

/** Make a logger that writes one JSON object per line, as Cloud Logging reads it. */
export function createLog(level: string, options: LogOptions = {}): Logger {
  const { service, revision, destination = standardOutput() } = options
  const labels = { ...(service && { service }), ...(revision && { revision }) }
  const pinoOptions: LoggerOptions = {
    level,
    base: service ? { 'logging.googleapis.com/labels': labels } : null,
    messageKey: 'message',
    serializers: { err: describeError },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ severity: severities[label] ?? 'DEFAULT' }) },
    mixin: stackTrace
  }
  return pino(pinoOptions, destination)
}

function standardOutput(): DestinationStream {
  // pino's default destination blocks the exit once the reader of the log is gone.
  const destination = pino.destination({ fd: 1, sync: true })
  destination.on('error', () => undefined)
  return destination
}
