import { defineConfig } from 'vitest/config'

/** The adapter of Spanner and what stands on it run on the model of Spanner and on the emulator. */
const onSpanner = [
  'test/cli/{dead-letters,schema}.test.ts',
  'test/faults/{process,spanner}.test.ts',
  'test/process/spanner.test.ts',
  'test/store/apply-schema.test.ts',
  'test/store/spanner-{bisection,database,idempotence,outage,store}.test.ts'
]

/** What only Google's emulators can prove. */
const onEmulators = 'test/**/*.emulator.test.ts'
const ofThePipeline = 'test/e2e/*.emulator.test.ts'

/** Tests of the process, which do not care where it was started from. */
const ofTheProcess = [
  'test/access/push-process.test.ts',
  'test/process/{otlp,read-auth,service,spanner,wire}.test.ts'
]

/** They run shell scripts, as those who deploy and those who read the documents do. */
const inAShell = [
  'test/deploy/canary*.test.ts',
  'test/dev/child.test.ts',
  'test/dev/local/local.test.ts',
  'test/docs/{add-an-event,runbook-commands}.test.ts'
]

const ofTheBundle = 'test/build/**/*.test.ts'
const inABrowser = 'test/browser/**/*.test.ts'
const onModel = { entry: 'src/main.ts', spanner: 'model' } as const

/** Emulators, `dist` and tools are looked for only when a file of their project is run. */
export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [onEmulators, ofTheBundle, inABrowser, ...inAShell],
          provide: onModel
        }
      },
      {
        extends: true,
        test: {
          name: 'shell',
          include: inAShell,
          globalSetup: ['test/shell-tools.ts'],
          provide: onModel
        }
      },
      {
        extends: true,
        test: {
          name: 'emulator',
          include: [onEmulators, ...onSpanner],
          globalSetup: ['test/emulators.ts'],
          provide: { entry: 'src/main.ts', spanner: 'emulator' }
        }
      },
      {
        extends: true,
        test: {
          name: 'dist',
          include: [ofTheBundle, ...ofTheProcess],
          globalSetup: ['test/build/build-dist.ts'],
          provide: { entry: 'dist/main.js', spanner: 'model' }
        }
      },
      {
        extends: true,
        test: {
          name: 'dist-emulator',
          include: [ofThePipeline],
          globalSetup: ['test/build/build-dist.ts', 'test/emulators.ts'],
          provide: { entry: 'dist/main.js', spanner: 'emulator' }
        }
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: [inABrowser],
          maxWorkers: 1
        }
      }
    ],
    reporters: ['default', './test/counting-reporter.ts'],
    // Two cores, and a suite that starts processes and emulators of its own.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A machine that is busy is slow, and a wait ends with what it waits for.
    expect: { poll: { timeout: 30_000 } },
    allowOnly: false
  }
})
