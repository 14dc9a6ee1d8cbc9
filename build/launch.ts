import { readFileSync } from 'node:fs'
import { createRequire, SourceMap } from 'node:module'
import { join } from 'node:path'
import { constants, Script } from 'node:vm'

const [major] = process.versions.node.split('.')
if (Number(major) < 24) {
  process.stderr.write(`landfall: needs Node 24, and this is ${process.versions.node}\n`)
  process.exit(1)
}

// No request is accepted yet, so just exit. Without a handler, the first process of a container
// would ignore the signal, and on a slow machine the service takes a while to load.
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => process.exit(0))

/** What `node dist/main.js` runs: the bundle beside it, with code that was compiled before. */
const dir = import.meta.dirname
const file = join(dir, 'service.js')

/**
 * V8 uses `service.cache` only if it would compile the same code, and otherwise ignores it. Node's
 * own compile cache keeps what V8 compiles before the first line runs, which is little; this one
 * keeps every function that a start runs.
 */
export const script = new Script(readFileSync(file, 'latin1'), {
  filename: file,
  cachedData: readIfThere('service.cache'),
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER
})

function readIfThere(name: string): Buffer | undefined {
  try {
    return readFileSync(join(dir, name))
  } catch {
    return undefined
  }
}

/**
 * Name the lines of `src` in stacks. `--enable-source-maps` does not see a `Script`, and reads the
 * map at every start; here it is read for the first stack that is printed.
 */
Error.prepareStackTrace = (error, frames) =>
  [Error.prototype.toString.call(error), ...frames.map((frame) => `    at ${frame}`)]
    .join('\n')
    .replaceAll(`${file}:`, 'service.js:')
    .replaceAll(/\bservice\.js:(\d+):(\d+)/g, nameSource)

let map: SourceMap | undefined

function nameSource(position: string, line: string, column: string): string {
  try {
    map ??= new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')))
    const entry = map.findEntry(Number(line) - 1, Number(column) - 1)
    if (!('originalLine' in entry) || !entry.originalSource) return position
    const source = entry.originalSource.replace(/^(\.\.\/)+/, '')
    return `${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}`
  } catch {
    return position
  }
}

const module = { exports: {} }
script.runInThisContext()(module.exports, createRequire(file), module, file, dir)
