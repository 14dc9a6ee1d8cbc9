import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { BenchRun, Findings } from './bench-run.ts'
import { concurrency } from './parts/concurrency.ts'
import { latency, read } from './parts/latency.ts'
import { memory } from './parts/memory.ts'
import { start } from './parts/start.ts'
import { throughput } from './parts/throughput.ts'
import { describeMachine, pinClient } from './process/cores.ts'
import { startModel } from './process/model.ts'
import { reportMarkdown, reportText } from './report.ts'

const parts = { start, throughput, latency, read, memory, concurrency } as const

type PartName = keyof typeof parts

const isPart = (name: string): name is PartName => Object.hasOwn(parts, name)

const usage = `npm run bench -- [${Object.keys(parts).join('|')}]... [--quick] [--entry FILE] [--json|--markdown]`

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** Run everything for a moment, to see that it runs. */
    quick: { type: 'boolean', default: false },
    /** What starts the service. */
    entry: { type: 'string', default: existsSync('dist/main.js') ? 'dist/main.js' : 'src/main.ts' },
    json: { type: 'boolean', default: false },
    markdown: { type: 'boolean', default: false }
  }
})

/** Measure the parts that were asked for, one after the other, on one model of Spanner. */
async function bench(): Promise<void> {
  const unknown = positionals.find((name) => !isPart(name))
  if (unknown !== undefined) throw new Error(`there is no part ${unknown}; ${usage}`)
  const asked =
    positionals.length > 0 ? positionals.filter(isPart) : Object.keys(parts).filter(isPart)
  const pin = pinClient()
  const length = options.quick ? { rounds: 1, ms: 200 } : { rounds: 7, ms: 2500 }
  const model = await startModel()
  const run: BenchRun = { model, pin, entry: options.entry, ...length }
  const found: Findings[] = []
  for (const name of asked) {
    process.stderr.write(`${name} …\n`)
    found.push(await parts[name](run))
  }
  await model.stop()
  const report = {
    machine: describeMachine(pin),
    entry: options.entry,
    comparisons: found.flatMap(({ comparisons = [] }) => comparisons),
    levels: found.flatMap(({ levels = [] }) => levels)
  }
  const print = options.markdown ? reportMarkdown : reportText
  process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : print(report))
}

bench().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
  process.exit(1)
})
