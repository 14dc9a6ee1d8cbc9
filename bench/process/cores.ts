import { spawnSync } from 'node:child_process'
import { cpus, loadavg } from 'node:os'

/**
 * The command that pins a server to one core, as on Cloud Run with one vCPU; empty when it is not
 * possible.
 */
export type Pin = readonly string[]

const serverCore = '0'
const clientCore = '1'

/** Leave core 0 to the servers: this process, and the model of Spanner that it starts, move to core 1. */
export function pinClient(): Pin {
  const { status } = spawnSync('taskset', ['-acp', clientCore, String(process.pid)])
  return status === 0 ? ['taskset', '-c', serverCore] : []
}

/** Describe in one line the machine that was measured, and how busy it was before. */
export function describeMachine(pin: Pin): string {
  const [cpu] = cpus()
  const [load = 0] = loadavg()
  const cores =
    pin.length > 0
      ? 'the server has one core; the load and the model of Spanner share another'
      : 'the server, the load and the model of Spanner share all cores'
  const node = `Node ${process.versions.node}`
  return `${cpus().length} × ${cpu?.model.trim()}, load average ${load.toFixed(1)}, ${node}; ${cores}`
}
