import { monitorEventLoopDelay } from 'node:perf_hooks'

/** Loaded before a server: answers each message with what the server uses. */
export interface Usage {
  readonly rssMiB: number
  /** Processor time since the start. */
  readonly cpuMs: number
  /** By which the event loop was late in the worst of 100 cases, since the last question. */
  readonly loopDelayMs: number
}

const resolution = 10
const delay = monitorEventLoopDelay({ resolution })
delay.enable()

process.on('message', () => {
  const { user, system } = process.cpuUsage()
  const usage: Usage = {
    rssMiB: process.memoryUsage.rss() / 1024 ** 2,
    cpuMs: (user + system) / 1000,
    // What is recorded is the time between two ticks.
    loopDelayMs: Math.max(0, delay.percentile(99) / 1e6 - resolution)
  }
  delay.reset()
  process.send?.(usage)
})
process.once('disconnect', () => process.exit())
process.channel?.unref()
