import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import standalone from 'ajv/dist/standalone/index.js'
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild'
import { ajv, isCollection, isEvent } from '../src/contracts/file-schemas.ts'
import { editModule, pruneJson } from './dependency-edits.ts'
import { withoutDependencies } from './without-dependencies.ts'

/**
 * Write `main.js`, which launches, and `service.js`, which is the whole service as one expression
 * that `main.js` calls, with its source map. Returns the inputs of the service.
 */
export async function bundle(outdir: string): Promise<Metafile> {
  await build({ ...options, outdir, entryPoints: { main: 'build/launch.ts' } })
  const { metafile } = await build({
    ...options,
    outdir,
    entryPoints: { service: 'src/main.ts' },
    banner: { js: `(function (exports, require, module, __filename, __dirname) {${moduleUrl}` },
    footer: { js: '})' },
    sourcemap: 'external',
    sourcesContent: false,
    metafile: true,
    plugins: [modules]
  })
  const map = join(outdir, 'service.js.map')
  await writeFile(map, JSON.stringify(withoutDependencies(JSON.parse(await readFile(map, 'utf8')))))
  return metafile
}

const moduleUrl = "const __url = require('node:url').pathToFileURL(__filename).href;"

/**
 * CommonJS: V8 returns the code of a Script only, and Node is 4 ms sooner at the first line. Names
 * stay whole, for stacks; without spaces and comments the process is 11 MB smaller.
 */
const options = {
  absWorkingDir: join(import.meta.dirname, '..'),
  // The image is built without tsconfig.json, so ignore it everywhere.
  tsconfigRaw: '{}',
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  // ASCII only: the launcher reads one byte as one character.
  charset: 'ascii',
  // The licenses that must be shipped, in service.js.LEGAL.txt.
  legalComments: 'external',
  minifyWhitespace: true,
  logLevel: 'warning',
  define: {
    'import.meta.dirname': '__dirname',
    'import.meta.filename': '__filename',
    'import.meta.url': '__url'
  }
} as const satisfies BuildOptions

const modules: Plugin = {
  name: 'modules',
  setup({ onLoad }) {
    onLoad({ filter: /\/node_modules\/.*\.[cm]?js$/ }, async ({ path }) => ({
      contents: editModule(path, await readFile(path, 'utf8'))
    }))
    onLoad({ filter: /\/node_modules\/.*\.json$/ }, async ({ path }) => {
      const json = JSON.stringify(pruneJson(path, JSON.parse(await readFile(path, 'utf8'))))
      // V8 parses JSON faster than an object literal.
      return { contents: `module.exports = JSON.parse(${JSON.stringify(json)})` }
    })
    // Compiled now, because Ajv would take 50 ms of every start for it.
    onLoad({ filter: /\/src\/contracts\/file-schemas\.ts$/ }, () => ({
      contents: compiledFileSchemas(),
      resolveDir: options.absWorkingDir
    }))
  }
}

function compiledFileSchemas(): string {
  if (!ajv.getSchema('event')) {
    ajv.addSchema(isCollection.schema, 'collection').addSchema(isEvent.schema, 'event')
  }
  return standalone.default(ajv, { isCollection: 'collection', isEvent: 'event' })
}
