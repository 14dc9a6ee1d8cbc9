import { defineConfig } from 'vitest/config'

/** Tests in a real browser. They need a Chromium, so `npm test` leaves them out. */
export default defineConfig({
  test: {
    include: ['test/browser/**/*.test.ts'],
    reporters: ['default', './test/counting-reporter.ts'],
    maxWorkers: 1,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    allowOnly: false
  }
})
