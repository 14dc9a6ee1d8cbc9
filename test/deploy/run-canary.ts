import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { GoogleCloud } from './google-cloud.ts'

export const image = `us-central1-docker.pkg.dev/my-project/landfall/landfall@sha256:${'5'.repeat(64)}`

/** The image that the script deploys. */
export const manifest = 'service.yaml'

export interface Ended {
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** Start the script; by default without a pause between checks and with one check at each step. */
export function startCanary(cloud: GoogleCloud, ...more: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-canary-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const args = `--project my-project --manifest ${manifest} --watch 0 --interval 0`.split(' ')
  const child = spawn('deploy/canary.sh', [...args, '--image', image, ...more], {
    env: { ...cloud.env, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  cloud.pid = child.pid ?? 0
  return child
}

/** Run the script to its end. */
export async function runCanary(cloud: GoogleCloud, ...more: string[]): Promise<Ended> {
  return ended(startCanary(cloud, ...more))
}

export async function ended(child: ReturnType<typeof startCanary>): Promise<Ended> {
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (chunk) => {
      said[name] += chunk
    })
  }
  const [status, signal] = await once(child, 'close')
  return { status, signal, ...said }
}
