import { monitorEventLoopDelay } from 'node:perf_hooks'

/** Loaded before a server: answers each message with the server's use of resources. */
export interface Usage {
  readonly rssMiB: number
  /** Processor time since the start. */
  readonly cpuMs: number
  /** 99th percentile of the delay of the event loop since the last message. */
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
    // The histogram records the time between two ticks.
    loopDelayMs: Math.max(0, delay.percentile(99) / 1e6 - resolution)
  }
  delay.reset()
  process.send?.(usage)
})
process.once('disconnect', () => process.exit())
process.channel?.unref()
