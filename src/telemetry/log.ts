import { type Logger, type LoggerOptions, pino } from 'pino'

/** Cloud Logging's names for pino's levels (https://cloud.google.com/logging/docs/structured-logging). */
const severities: Readonly<Record<string, string>> = {
  trace: 'DEBUG',
  debug: 'DEBUG',
  info: 'INFO',
  warn: 'WARNING',
  error: 'ERROR',
  fatal: 'CRITICAL'
}

/** Make a logger that writes one JSON object per line, as Cloud Logging reads it. */
export function createLog(level: string): Logger {
  // pino's own default destination never returns from an exit when nobody reads the log any more.
  const destination = pino.destination({ fd: 1, sync: true })
  destination.on('error', () => undefined)
  const options: LoggerOptions = {
    level,
    base: null,
    messageKey: 'message',
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ severity: severities[label] ?? 'DEFAULT' }) }
  }
  return pino(options, destination)
}
