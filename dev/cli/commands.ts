import type { Entry } from '../../src/cli/command-line.ts'

/** The commands to try Landfall and to develop with it. A command is one line here, and its file. */
export const devCommands: readonly Entry[] = [
  {
    name: 'chaos',
    summary: 'run the service through faults and kills, and judge every row and answer',
    load: async () => (await import('./chaos.ts')).chaos
  },
  {
    name: 'demo',
    summary: 'start the service, send it a few thousand events, check what landed',
    load: async () => (await import('./demo.ts')).demo
  },
  {
    name: 'local',
    summary: "start Google's emulators and the service, with topics that push to it",
    load: async () => (await import('./local.ts')).local
  },
  {
    name: 'publish',
    summary: "publish events to Pub/Sub, from a contract's examples or your own",
    load: async () => (await import('./publish.ts')).publish
  },
  {
    name: 'send',
    summary: 'push events to a running service as Pub/Sub and Eventarc do, and measure',
    load: async () => (await import('./send.ts')).send
  }
]
