import type { DestinationStream } from 'pino'
import pretty from 'pino-pretty'

/** Write log lines for a person at a terminal: time, severity, message, then the other fields. */
export function prettyOutput(fd = 1): DestinationStream {
  return pretty({
    destination: fd,
    sync: true,
    messageKey: 'message',
    levelKey: 'severity',
    timestampKey: 'time',
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'reqId,logging\\.googleapis\\.com/labels',
    errorLikeObjectKeys: ['err'],
    customLevels: 'DEBUG:20,INFO:30,WARNING:40,ERROR:50,CRITICAL:60',
    singleLine: true
  })
}
