import type { TestProject } from 'vitest/node'
import { pubsubEmulator, startPubSubEmulator, startSpannerEmulator } from '../dev/local/emulator.ts'
import { findSdkProgram } from '../dev/local/google-sdk.ts'
import { createLazyServer } from './lazy-server.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** `host:port` of the Spanner emulator that every test file shares, each with its own database. */
    readonly spannerEmulatorHost: string
    /** `host:port` of the Pub/Sub emulator that all share, each with topics of its own. */
    readonly pubsubEmulatorHost: string
  }
}

interface Running {
  readonly host: string
  stop(): Promise<void>
}

/**
 * Have one Spanner and one Pub/Sub emulator for the whole run: those of SPANNER_EMULATOR_HOST and
 * PUBSUB_EMULATOR_HOST, or fresh ones. Where there is none the run fails: what was not tested
 * against them does not pass.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const pubsub = await pubsubOfTheRun()
  const spanner = await spannerOfTheRun()
  project.provide('pubsubEmulatorHost', pubsub.host)
  project.provide('spannerEmulatorHost', spanner.host)
  return async () => {
    await Promise.all([pubsub.stop(), spanner.stop()])
  }
}

async function spannerOfTheRun(): Promise<Running> {
  return running('SPANNER_EMULATOR_HOST') ?? startSpannerEmulator({ path: process.env['PATH'] })
}

/** Few tests need it and Java takes seconds, so it starts with the first connection. */
async function pubsubOfTheRun(): Promise<Running> {
  const given = running('PUBSUB_EMULATOR_HOST')
  if (given) return given
  const path = process.env['PATH']
  await findSdkProgram(pubsubEmulator, path)
  return createLazyServer(() => startPubSubEmulator({ path }))
}

function running(variable: string): Running | undefined {
  const host = process.env[variable]
  return host ? { host, stop: async () => undefined } : undefined
}
