import { defineConfig } from 'vitest/config'

/** Tests of the process and of the pipeline, which do not care where it was started from. */
const ofTheProcess = [
  'test/access/push-process.test.ts',
  'test/e2e/*.test.ts',
  'test/process/{otlp,read-auth,service,spanner,wire}.test.ts'
]
const ofTheBundle = 'test/build/**/*.test.ts'

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'src',
          include: ['test/**/*.test.ts'],
          exclude: [ofTheBundle, 'test/browser/**'],
          provide: { entry: 'src/main.ts' }
        }
      },
      {
        extends: true,
        test: {
          name: 'dist',
          include: [ofTheBundle, ...ofTheProcess],
          globalSetup: ['test/build/build-dist.ts'],
          provide: { entry: 'dist/main.js' }
        }
      }
    ],
    globalSetup: ['test/emulators.ts'],
    reporters: ['default', './test/counting-reporter.ts'],
    // Two cores, and a suite that starts processes and emulators of its own.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    allowOnly: false
  }
})
