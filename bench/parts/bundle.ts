import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

/**
 * Bundle a program into one file, which is removed with this process. It is written beside the
 * packages, because the client loads its own files at run time.
 */
export async function bundle(entry: string): Promise<string> {
  const outdir = mkdtempSync(join(import.meta.dirname, '../../node_modules/.bench-'))
  process.once('exit', () => rmSync(outdir, { recursive: true, force: true }))
  const outfile = join(outdir, 'main.cjs')
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    logLevel: 'error'
  })
  return outfile
}
