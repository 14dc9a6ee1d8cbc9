import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { expect, onTestFinished, test } from 'vitest'
import { assets, isAsset, locateAsset, readAsset } from '../../../src/http/docs/assets.ts'

const names = Object.keys(assets).filter(isAsset)

test('every asset is found when the service runs from its source', async () => {
  for (const name of names) expect((await readAsset(name)).length, name).toBeGreaterThan(0)
})

test('every asset is found beside the bundle, where there are no packages', async () => {
  const dist = await mkdtemp(join(tmpdir(), 'landfall-dist-'))
  onTestFinished(() => rm(dist, { recursive: true, force: true }))
  const outfile = join(dist, 'main.mjs')
  await build({
    entryPoints: ['src/http/docs/assets.ts'],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile
  })
  for (const name of names) await cp(locateAsset(name), join(dist, 'assets', name))
  const bundled = await import(pathToFileURL(outfile).href)
  for (const name of names) {
    expect(bundled.locateAsset(name)).toBe(join(dist, 'assets', name))
    expect(await bundled.readAsset(name)).toEqual(await readFile(locateAsset(name)))
  }
})
