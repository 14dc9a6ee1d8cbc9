import { fileSecret } from './file-secret.ts'
import type { SecretSource } from './secret-source.ts'

/**
 * Open a secret by its name: `projects/…` is in Secret Manager, anything else is the path of a
 * file. Nothing is read yet.
 *
 * @param standIn `HOST:PORT` of what answers in place of Secret Manager
 * @throws {Failure} SECRET_INVALID when it begins like the name of a version and is none
 */
export async function openSecret(name: string, standIn?: string): Promise<SecretSource> {
  if (!name.startsWith('projects/')) return fileSecret(name)
  const { openSecretManagerSecret } = await import('./secret-manager-secret.ts')
  return openSecretManagerSecret(name, standIn)
}
