import { execFileSync } from 'node:child_process'

/** Do what `npm run build` does, with the Node that runs the tests, once for all projects. */
export function setup(): void {
  if (process.env['DIST_IS_BUILT']) return
  for (const step of ['build/build.ts', 'build/compile-cache.ts']) {
    execFileSync(process.execPath, [step], { stdio: ['ignore', 'ignore', 'inherit'] })
  }
  process.env['DIST_IS_BUILT'] = 'yes'
}
