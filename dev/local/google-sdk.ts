import { execFile } from 'node:child_process'
import { access, constants, realpath } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { Complaint } from '../../src/failures.ts'

/** A program that comes with a component of the Google Cloud CLI. */
export interface SdkProgram {
  /** Its name in messages, such as `Spanner emulator`. */
  readonly name: string
  /** Its path below the root of the installation. */
  readonly file: string
  /** How to get it, as a sentence. */
  readonly advice: string
}

/**
 * Find a program of the Google Cloud CLI that is installed in one of these directories.
 *
 * @param path directories to look for `gcloud` in, as PATH spells them
 * @throws {Complaint} how to get the program, when there is none
 */
export async function findSdkProgram(program: SdkProgram, path = ''): Promise<string> {
  for (const directory of path.split(':').filter(Boolean)) {
    const gcloud = await realpath(join(directory, 'gcloud')).catch(() => undefined)
    if (!gcloud) continue
    for (const root of [dirname(dirname(gcloud)), await sdkRoot(gcloud)]) {
      const file = join(root, program.file)
      if (await isExecutable(file)) return file
    }
    throw new Complaint(
      `The Google Cloud CLI at ${gcloud} has no ${program.name}. ${program.advice}`
    )
  }
  throw new Complaint(`There is no \`gcloud\` in PATH, so no ${program.name}. ${program.advice}`)
}

/**
 * Let gcloud report its root: a package may install the command as a script outside of that tree.
 */
async function sdkRoot(gcloud: string): Promise<string> {
  const asked = promisify(execFile)(gcloud, ['info', '--format=value(installation.sdk_root)'])
  const { stdout } = await asked.catch(() => ({ stdout: '' }))
  return stdout.trim()
}

const isExecutable = (file: string) =>
  access(file, constants.X_OK).then(
    () => true,
    () => false
  )
