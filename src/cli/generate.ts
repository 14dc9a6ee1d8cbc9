import { readFile, writeFile } from 'node:fs/promises'
import { failures } from '../failures.ts'
import { readContracts } from '../schemas.ts'
import { settings } from '../settings.ts'
import { listMetrics } from '../telemetry/list-metrics.ts'
import { environmentPage, failuresPage, metricsPage } from './pages.ts'
import { generateSpannerSql } from './spanner-sql.ts'

/** Write every file that is derived from the code or the schemas; with --check, only compare. */
const files: Readonly<Record<string, string>> = {
  'docs/environment.md': environmentPage(settings),
  'docs/failures.md': failuresPage(failures),
  'docs/metrics.md': metricsPage(listMetrics()),
  'schemas/spanner.sql': generateSpannerSql(await readContracts('schemas'))
}

for (const [path, text] of Object.entries(files)) {
  if (!process.argv.includes('--check')) {
    await writeFile(path, text)
  } else if ((await readFile(path, 'utf8').catch(() => '')) !== text) {
    process.stderr.write(`${path} is not what \`npm run generate\` makes\n`)
    process.exitCode = 1
  }
}
