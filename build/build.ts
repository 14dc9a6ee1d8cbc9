import { cp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { assets, isAsset, locateAsset } from '../src/http/docs/assets.ts'
import { bundle } from './bundle.ts'

/**
 * Write `dist` without the compile cache: everything that `node dist/main.js` needs beside
 * `schemas`.
 */
const dist = join(import.meta.dirname, '..', 'dist')
await rm(dist, { recursive: true, force: true })
await bundle(dist)
for (const name of Object.keys(assets).filter(isAsset)) {
  await cp(locateAsset(name), join(dist, 'assets', name))
}
await writeFile(join(dist, 'package.json'), '{ "type": "commonjs" }\n')
