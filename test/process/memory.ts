import { readFile } from 'node:fs/promises'
import type { Service } from './start-service.ts'

/** What Node itself chooses in the container of 512 MiB, and what the image sets. */
export const NODE_OPTIONS = '--max-old-space-size=256 --max-semi-space-size=16'

/** Of the 512 MiB, with room for what the kernel counts besides. */
export const mostMebibytes = 400

/** Read the most memory that a process has had resident so far, in MiB. */
export async function peakMebibytes({ process: { pid } }: Service): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024
}
