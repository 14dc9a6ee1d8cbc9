import { existsSync } from 'node:fs'
import manifest from '../package.json' with { type: 'json' }
import { command } from '../src/cli/command.ts'
import { runAsProcess, runCommandLine, type Tool } from '../src/cli/command-line.ts'
import { flag, oneOf, repeatable, text, withDefault } from '../src/cli/parameters.ts'
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

/**
 * The heap that Node would choose in a container of 512 MiB, except for the young generation: V8
 * would choose 1 MiB, and every event would cost half as much again.
 */
const containerHeap = '--max-old-space-size=256 --max-semi-space-size=16'

const bench = command({
  args: {
    names: repeatable('part', `${names.join(', ')} (default: all)`, oneOf(names))
  },
  options: {
    quick: flag('run one short round, to check that the bench works'),
    entry: withDefault(
      'file',
      'the service to measure',
      text,
      existsSync('dist/main.js') ? 'dist/main.js' : 'src/main.ts'
    ),
    nodeOptions: withDefault('flags', 'NODE_OPTIONS of the service', text, containerHeap),
    json: flag('print the report as JSON'),
    markdown: flag('print the report as Markdown')
  },
  details: `
Measures the parts one after the other, on one model of Spanner.
Exit codes: 0 done, 1 failed, 2 usage error.`,
  async run({ names: asked = names, quick, entry, nodeOptions, ...format }) {
    const pin = pinClient()
    const machine = describeMachine(pin)
    const model = await startModel()
    const length = quick ? { rounds: 1, ms: 200 } : { rounds: 7, ms: 2500 }
    const found: Findings[] = []
    try {
      for (const name of asked) {
        process.stderr.write(`${name} …\n`)
        found.push(await parts[name]({ model, pin, entry, nodeOptions, ...length }))
      }
    } finally {
      await model.stop()
      const comparisons = found.flatMap((one) => one.comparisons ?? [])
      const levels = found.flatMap((one) => one.levels ?? [])
      const service = `${entry} with ${nodeOptions}`
      print({ machine, service, comparisons, levels }, format)
    }
    return 0
  }
})

function print(report: Report, { json, markdown }: { json: boolean; markdown: boolean }): void {
  const text = markdown ? reportMarkdown(report) : reportText(report)
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : text)
}

/** `npm run -- bench`, as the help names it, is what `npm run bench --` is. */
const tool: Tool = {
  name: 'npm run --',
  version: manifest.version,
  summary: 'Develop Landfall.',
  details: '',
  sections: {
    Commands: [
      {
        name: 'bench',
        summary: 'measure the service against the bare Spanner client and bare servers',
        load: async () => bench
      }
    ]
  }
}

await runAsProcess('bench', process.env, (around) =>
  runCommandLine(tool, ['bench', ...process.argv.slice(2)], around)
)
