import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

/**
 * The files that pages load, by the name they are served under, with where they come from: a
 * package, or `assets/` beside this module. A build copies each to `assets/` beside the bundle,
 * under its name. Includes the files that licenses require to ship.
 */
export const assets = {
  'docs.css': './assets/docs.css',
  'viewer.css': './assets/viewer.css',
  'viewer.js': './assets/viewer.js',
  'swagger-ui.css': 'swagger-ui-dist/swagger-ui.css',
  'swagger-ui-bundle.js': 'swagger-ui-dist/swagger-ui-bundle.js',
  'swagger-ui-bundle.js.LICENSE.txt': 'swagger-ui-dist/swagger-ui-bundle.js.LICENSE.txt',
  'swagger-ui.LICENSE.txt': 'swagger-ui-dist/LICENSE',
  'swagger-ui.NOTICE.txt': 'swagger-ui-dist/NOTICE'
} as const

export type AssetName = keyof typeof assets

/** Report whether an asset has this name. */
export function isAsset(name: string): name is AssetName {
  return Object.hasOwn(assets, name)
}

/** Find the file of an asset: beside this module or the bundle, otherwise in its package. */
export function locateAsset(name: AssetName): string {
  const beside = fileURLToPath(new URL(`assets/${name}`, import.meta.url))
  return existsSync(beside) ? beside : createRequire(import.meta.url).resolve(assets[name])
}

/** Read an asset. */
export function readAsset(name: AssetName): Promise<Buffer> {
  return readFile(locateAsset(name))
}
