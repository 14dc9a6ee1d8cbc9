import type { TestProject } from 'vitest/node'
import { startSpannerEmulator } from '../src/local/spanner-emulator.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** `host:port` of the Spanner emulator that every test file shares, each with its own database. */
    readonly spannerEmulatorHost: string
  }
}

/**
 * Have one Spanner emulator for the whole run: the one of SPANNER_EMULATOR_HOST, or a fresh one.
 * Where there is none the run fails: what was not tested against Spanner does not pass.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const running = process.env['SPANNER_EMULATOR_HOST']
  if (running) {
    project.provide('spannerEmulatorHost', running)
    return async () => undefined
  }
  const emulator = await startSpannerEmulator({ path: process.env['PATH'] })
  project.provide('spannerEmulatorHost', emulator.host)
  return () => emulator.stop()
}
