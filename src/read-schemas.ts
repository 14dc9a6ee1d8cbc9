import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { compileContracts } from './contracts/compile.ts'
import type { Contracts } from './contracts/contracts.ts'
import type { SchemaFile, SchemaFiles } from './contracts/schema-file.ts'
import { Failure } from './failures.ts'

/**
 * Read `collections/*.json` and `events/*.json` of a folder, in the order of their names.
 *
 * @throws {Failure} SCHEMAS_INVALID when there is nothing to read
 */
export async function readSchemas(dir: string): Promise<SchemaFiles> {
  await list(dir)
  const files = {
    collections: await readFolder(join(dir, 'collections')),
    events: await readFolder(join(dir, 'events'))
  }
  if (files.collections.length + files.events.length > 0) return files
  throw new Failure('SCHEMAS_INVALID', `${dir}: has no collections/*.json and no events/*.json`)
}

/**
 * Read and compile the contracts of a folder.
 *
 * @throws {Failure} SCHEMAS_INVALID, with every fault on a line of its own
 */
export async function readContracts(dir: string): Promise<Contracts> {
  return compileContracts(await readSchemas(dir))
}

/** Git does not keep empty folders, so a missing folder counts as empty. */
async function readFolder(folder: string): Promise<readonly SchemaFile[]> {
  const names = await list(folder, [])
  const paths = names.filter((name) => name.endsWith('.json')).sort()
  return Promise.all(paths.map((name) => read(join(folder, name))))
}

async function list(folder: string, missing?: readonly string[]): Promise<readonly string[]> {
  try {
    return await readdir(folder)
  } catch (cause) {
    if (missing && isMissing(cause)) return missing
    throw new Failure('SCHEMAS_INVALID', `${folder}: cannot be read as a folder`, { cause })
  }
}

async function read(path: string): Promise<SchemaFile> {
  try {
    return { path, bytes: await readFile(path) }
  } catch (cause) {
    throw new Failure('SCHEMAS_INVALID', `${path}: cannot be read`, { cause })
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
