import { readFile } from 'node:fs/promises'
import { Failure } from '../failures.ts'

/** A secret as it was read. The bytes never go into a log line or a message. */
export interface Secret {
  readonly bytes: Buffer
  /** What was read, for people: the name of the resolved version, or the path of the file. */
  readonly version: string
}

/** A place that a secret is read from. */
export interface SecretSource {
  /**
   * Read the secret as it is now: the whole of one version, never a part of it.
   *
   * @throws {Failure} SECRET_INVALID when it cannot be read, or is not what was stored
   */
  read(): Promise<Secret>
  close(): Promise<void>
}

/**
 * Read a secret from a mounted file.
 *
 * Each read opens the path again and reads what it opened: the old file or the new one, whole, when
 * another is renamed over it or a symbolic link is switched, as Kubernetes does. The file is not
 * watched for changes: a volume of Cloud Run sends no events, but queries Secret Manager on every
 * read (https://cloud.google.com/run/docs/configuring/services/secrets). Only a file that is written
 * in place can be read half-written, and JSON without its end does not parse.
 */
export function fileSecret(path: string): SecretSource {
  return {
    async read() {
      const bytes = await readFile(path).catch((error: NodeJS.ErrnoException): never => {
        throw new Failure('SECRET_INVALID', `the file ${path} cannot be read: ${error.code}`, {
          cause: error
        })
      })
      return { bytes, version: path }
    },
    async close() {}
  }
}
