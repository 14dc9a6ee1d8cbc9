import { writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Script } from 'node:vm'
import { freePort } from '../dev/local/ports.ts'
import { serveModel } from '../dev/spanner-model/serve-model.ts'
import { readContracts } from '../src/read-schemas.ts'
import { spannerDdl } from '../src/store/spanner/ddl.ts'

/**
 * Run the service of `dist` in this process up to its first delivery and its first read on Spanner,
 * and write beside it the code that V8 compiled for that. V8 uses it only if its version and its
 * flags are the same, so it must be made by the Node that will run the service.
 */
const dist = join(import.meta.dirname, '..', 'dist')
const port = await freePort()
const { tables } = await readContracts('schemas')
const database = 'projects/p/instances/i/databases/d'
const spanner = await serveModel({ databases: { [database]: spannerDdl(tables) } })

Object.assign(process.env, {
  PORT: String(port),
  SPANNER_DATABASE: database,
  SPANNER_EMULATOR_HOST: spanner.host,
  LOG_LEVEL: 'silent'
})
const launched: { script: Script } = createRequire(import.meta.url)(join(dist, 'main.js'))
const ready = await request('/health/ready')
if (ready !== 200) throw new Error(`the service is not ready, but answers ${ready}`)
// What becomes of the two below depends on the schemas; with those that ship, a row lands and is read.
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

/** Ask once the service listens, for which it has ten seconds; returns the status of the answer. */
async function request(path: string, init?: RequestInit): Promise<number> {
  for (let tries = 1; ; tries += 1) {
    try {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, init)
      await answer.arrayBuffer()
      return answer.status
    } catch (error) {
      if (tries === 1000) throw error
      await setTimeout(10)
    }
  }
}
