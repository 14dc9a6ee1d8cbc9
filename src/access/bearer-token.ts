import { Failure } from '../failures.ts'

/** Google's tokens have about 1 KiB. What is longer is refused before any work. */
const maxLength = 8192

/**
 * Take the bearer token from the lines of an `Authorization` header
 * (https://www.rfc-editor.org/rfc/rfc6750#section-2.1).
 *
 * @throws {Failure} TOKEN_INVALID: there is not exactly one line, or it is no token of three parts
 */
export function bearerToken(lines: readonly string[] = []): string {
  const [line, ...more] = lines
  if (line === undefined) throw new Failure('TOKEN_INVALID', 'there is no Authorization header')
  if (more.length > 0) throw new Failure('TOKEN_INVALID', 'there is more than one Authorization')
  if (line.length > maxLength) {
    throw new Failure('TOKEN_INVALID', `the token is longer than ${maxLength} characters`)
  }
  const [, token] = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(line) ?? []
  if (token === undefined) {
    throw new Failure('TOKEN_INVALID', 'Authorization is not Bearer and a token of three parts')
  }
  return token
}
