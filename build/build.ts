import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bundle } from './bundle.ts'

/** Write `dist`, all but the compile cache: what `node dist/main.js` needs beside `schemas`. */
const dist = join(import.meta.dirname, '..', 'dist')
await rm(dist, { recursive: true, force: true })
await bundle(dist)
await writeFile(join(dist, 'package.json'), '{ "type": "commonjs" }\n')
