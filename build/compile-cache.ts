import { writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Script } from 'node:vm'
import { freePort } from '../src/local/free-port.ts'
import { serveEmptySpanner } from './serve-empty-spanner.ts'

/**
 * Run the service of `dist` in this process up to its first delivery and its first read on Spanner,
 * and write beside it the code that V8 compiled for that. V8 takes it again where its version and its
 * flags are the same, so it must be made by the Node that will run the service.
 */
const dist = join(import.meta.dirname, '..', 'dist')
const port = await freePort()

Object.assign(process.env, {
  PORT: String(port),
  SPANNER_DATABASE: 'projects/p/instances/i/databases/d',
  SPANNER_EMULATOR_HOST: await serveEmptySpanner(),
  LOG_LEVEL: 'silent'
})
const launched: { script: Script } = createRequire(import.meta.url)(join(dist, 'main.js'))
await request('/health/ready')
await request('/events', {
  method: 'POST',
  headers: { 'content-type': 'application/cloudevents+json' },
  body:
    '{"specversion":"1.0","id":"1","source":"//shop","type":"com.example.item.changed.v1",' +
    '"time":"2026-11-01T10:00:00Z","data":{"id":"a","value":"red"}}'
})
await request('/api/v1/data/a')
await writeFile(join(dist, 'service.cache'), launched.script.createCachedData())
process.exit(0)

/** Whatever the answer is: with other schemas than the examples it is another. */
async function request(path: string, init?: RequestInit): Promise<void> {
  for (;;) {
    try {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, init)
      return void (await answer.arrayBuffer())
    } catch {
      await setTimeout(10)
    }
  }
}
