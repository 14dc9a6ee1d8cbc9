import { execFileSync } from 'node:child_process'

/** What `npm run build` does, with the Node that runs the tests. */
export function setup(): void {
  for (const step of ['build/build.ts', 'build/compile-cache.ts']) {
    execFileSync(process.execPath, [step], { stdio: ['ignore', 'ignore', 'inherit'] })
  }
}
