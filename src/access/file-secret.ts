import { readFile } from 'node:fs/promises'
import { Failure } from '../failures.ts'
import type { SecretSource } from './secret-source.ts'

/**
 * Read a secret from a mounted file.
 *
 * Every reading opens the path again and reads what it opened: the old file or the new one, whole,
 * when another is renamed over it or a symbolic link is switched, as Kubernetes does. Changes are
 * not watched for: a volume of Cloud Run has none to watch, it asks Secret Manager on every reading
 * (https://cloud.google.com/run/docs/configuring/services/secrets). Only a file that is written in
 * place can be seen half-written; for a parser, JSON without its end is not JSON.
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
