import type { Socket } from 'node:net'
import { Failure, type FailureCode } from '../failures.ts'
import { toProblem } from './problem.ts'

/**
 * What is not HTTP never becomes a request, so the answer is written to the socket itself. Returns
 * what it was answered with; undefined where nobody is left to answer.
 */
export function answerMalformed(
  error: Error & { readonly code?: string; readonly rawPacket?: unknown },
  socket: Socket
): FailureCode | undefined {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return undefined
  }
  const { status, title, ...rest } = toProblem(clientFailure(error.code))
  const [line, code] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? ['Request Header Fields Too Large', 431]
      : [title, status]
  const body = JSON.stringify({ ...rest, title: line, status: code })
  socket.end(
    `HTTP/1.1 ${code} ${line}\r\nContent-Type: application/problem+json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`
  )
  return rest.code
}

function clientFailure(code: string | undefined): Failure {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new Failure('REQUEST_TIMEOUT', 'the request did not arrive in time')
  }
  return new Failure('REQUEST_INVALID', 'the request is not well-formed HTTP')
}
