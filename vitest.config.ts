import { defineConfig } from 'vitest/config'

/** The adapter of Spanner and what stands on it: on the model of Spanner, and on Google's emulator. */
const onSpanner = [
  'test/cli/{dead-letters,schema}.test.ts',
  'test/faults/*.test.ts',
  'test/process/spanner.test.ts',
  'test/store/{apply-schema,bisection,idempotence}.test.ts',
  'test/store/spanner-{database,outage,store}.test.ts'
]

/** What only Google's emulators can prove: they are what is tested, or the events come from Pub/Sub. */
const onEmulators = [
  'test/cli/drain.test.ts',
  'test/e2e/*.test.ts',
  'test/local/{local,publish,pubsub-emulator,spanner-emulator}.test.ts',
  'test/store/spanner-contention.test.ts'
]

/** Tests of the process, which do not care where it was started from. */
const ofTheProcess = [
  'test/access/push-process.test.ts',
  'test/process/{otlp,read-auth,service,spanner,wire}.test.ts'
]

const ofTheBundle = 'test/build/**/*.test.ts'
const inABrowser = 'test/browser/**/*.test.ts'
const entry = { src: 'src/main.ts', dist: 'dist/main.js' }

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...onEmulators, ofTheBundle, inABrowser],
          provide: { entry: entry.src, spanner: 'model' }
        }
      },
      {
        extends: true,
        test: {
          name: 'dist',
          include: [ofTheBundle, ...ofTheProcess],
          globalSetup: ['test/build/build-dist.ts'],
          provide: { entry: entry.dist, spanner: 'model' }
        }
      },
      {
        extends: true,
        test: {
          name: 'emulator',
          include: [...onSpanner, ...onEmulators],
          globalSetup: ['test/emulators.ts'],
          provide: { entry: entry.src, spanner: 'emulator' }
        }
      }
    ],
    reporters: ['default', './test/counting-reporter.ts'],
    // Two cores, and a suite that starts processes and emulators of its own.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    allowOnly: false
  }
})
