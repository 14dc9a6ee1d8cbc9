import { access, constants } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import {
  type Emulator,
  pubsubEmulator,
  spannerEmulator,
  startPubSubEmulator,
  startSpannerEmulator
} from '../dev/local/emulator.ts'
import { findSdkProgram, type SdkProgram } from '../dev/local/google-sdk.ts'
import { createLazyServer, type LazyServer } from './lazy-server.ts'
import { runsWithout } from './not-run.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** `host:port` of the Pub/Sub emulator that all share, each with topics of its own. */
    readonly pubsubEmulatorHost: string
  }
}

const path = process.env['PATH']

/**
 * Have one Spanner and one Pub/Sub emulator for the whole run: those of SPANNER_EMULATOR_HOST and
 * PUBSUB_EMULATOR_HOST, or fresh ones, each of which starts with the first connection to it.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const missing = [...(await missingSpanner()), ...(await missingPubSub())]
  if (runsWithout(project, missing, dockerAdvice)) return async () => undefined
  const servers = [
    await serve('SPANNER_EMULATOR_HOST', () => startSpannerEmulator({ path })),
    await serve('PUBSUB_EMULATOR_HOST', () => startPubSubEmulator({ path }))
  ] as const
  project.provide('spannerEmulatorHost', servers[0].host)
  project.provide('pubsubEmulatorHost', servers[1].host)
  return async () => {
    await Promise.all(servers.map((server) => server.stop()))
  }
}

const dockerAdvice = 'With Docker, compose.yaml has both.'

async function missingSpanner(): Promise<readonly string[]> {
  return process.env['SPANNER_EMULATOR_HOST'] ? [] : missingProgram(spannerEmulator)
}

async function missingPubSub(): Promise<readonly string[]> {
  if (process.env['PUBSUB_EMULATOR_HOST']) return []
  const java = await hasJava()
  return [
    ...(await missingProgram(pubsubEmulator)),
    ...(java ? [] : ['There is no `java` in PATH, which the Pub/Sub emulator needs.'])
  ]
}

const missingProgram = (program: SdkProgram) =>
  findSdkProgram(program, path).then(
    () => [],
    (error: Error) => [error.message]
  )

async function hasJava(): Promise<boolean> {
  const home = process.env['JAVA_HOME']
  const folders = [...(path ?? '').split(':'), ...(home ? [join(home, 'bin')] : [])]
  const found = folders.map((folder) => access(join(folder, 'java'), constants.X_OK))
  return (await Promise.allSettled(found)).some(({ status }) => status === 'fulfilled')
}

async function serve(variable: string, start: () => Promise<Emulator>): Promise<LazyServer> {
  const host = process.env[variable]
  return host ? { host, stop: async () => undefined } : createLazyServer(start)
}
