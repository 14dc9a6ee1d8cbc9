import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/browser/**'],
    globalSetup: ['test/emulators.ts'],
    reporters: ['default', './test/counting-reporter.ts'],
    // Two cores, and a suite that starts processes and emulators of its own.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    allowOnly: false
  }
})
