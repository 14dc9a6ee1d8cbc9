import { existsSync } from 'node:fs'
import { parseOptions, usageError } from '../src/cli/command.ts'
import { explain } from '../src/failures.ts'
import type { Findings } from './bench-run.ts'
import { concurrency } from './parts/concurrency.ts'
import { latency, read } from './parts/latency.ts'
import { memory } from './parts/memory.ts'
import { start } from './parts/start.ts'
import { throughput } from './parts/throughput.ts'
import { describeMachine, pinClient } from './process/cores.ts'
import { startModel } from './process/model.ts'
import { type Report, reportMarkdown, reportText } from './report.ts'

const parts = { start, throughput, latency, read, memory, concurrency } as const

type PartName = keyof typeof parts

const isPart = (name: string): name is PartName => Object.hasOwn(parts, name)

const names = Object.keys(parts).filter(isPart)

const usage =
  `npm run bench -- [${names.join('|')}]… [--quick] [--entry FILE] [--node-options FLAGS] ` +
  '[--json|--markdown]'

/**
 * The heap that Node takes in a container of 512 MiB, but for the young generation: there V8 gives it
 * 1 MiB, and every event costs half as much again.
 */
const containerHeap = '--max-old-space-size=256 --max-semi-space-size=16'

/** @throws a usage error */
function readOptions(args: readonly string[]) {
  const { values, positionals } = parseOptions(
    args,
    {
      quick: { type: 'boolean', default: false },
      entry: {
        type: 'string',
        default: existsSync('dist/main.js') ? 'dist/main.js' : 'src/main.ts'
      },
      'node-options': { type: 'string', default: containerHeap },
      json: { type: 'boolean', default: false },
      markdown: { type: 'boolean', default: false }
    },
    usage
  )
  const unknown = positionals.find((name) => !isPart(name))
  if (unknown !== undefined) throw usageError(`there is no part ${unknown}; ${usage}`)
  return { ...values, asked: positionals.length > 0 ? positionals.filter(isPart) : names }
}

/** Measure the selected parts, one after the other, on one model of Spanner. */
async function bench(): Promise<void> {
  const options = readOptions(process.argv.slice(2))
  const { entry, 'node-options': nodeOptions } = options
  const pin = pinClient()
  const machine = describeMachine(pin)
  const model = await startModel()
  const length = options.quick ? { rounds: 1, ms: 200 } : { rounds: 7, ms: 2500 }
  const found: Findings[] = []
  try {
    for (const name of options.asked) {
      process.stderr.write(`${name} …\n`)
      found.push(await parts[name]({ model, pin, entry, nodeOptions, ...length }))
    }
  } finally {
    await model.stop()
    const comparisons = found.flatMap((one) => one.comparisons ?? [])
    const levels = found.flatMap((one) => one.levels ?? [])
    const service = `${entry} with ${nodeOptions}`
    print({ machine, service, comparisons, levels }, options)
  }
}

function print(report: Report, { json, markdown }: { json: boolean; markdown: boolean }): void {
  const text = markdown ? reportMarkdown(report) : reportText(report)
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : text)
}

bench().catch((error: unknown) => {
  process.stderr.write(`bench: ${explain(error)}\n`)
  process.exit(1)
})
