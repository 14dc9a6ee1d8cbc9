import { readFile, writeFile } from 'node:fs/promises'
import manifest from '../package.json' with { type: 'json' }
import { asyncApiDocument } from '../src/contracts/asyncapi/document.ts'
import { failures } from '../src/failures.ts'
import { deliveryPaths } from '../src/http/deliver/routes.ts'
import { openApiDocument } from '../src/http/openapi/document.ts'
import { readContracts } from '../src/read-schemas.ts'
import { settings } from '../src/settings.ts'
import { listMetrics } from './list-metrics.ts'
import { architecturePage, environmentPage, failuresPage, metricsPage } from './pages.ts'
import { readRooms } from './rooms.ts'
import { generateSpannerSql } from './spanner-sql.ts'

const contracts = await readContracts('schemas')
const { version } = manifest

/** The strictest access has the most to describe. */
const access = { push: 'oidc', read: 'api-key' } as const

const print = (document: unknown) => `${JSON.stringify(document, null, 2)}\n`

/** Write every file that is derived from the code or the schemas; with --check, only compare. */
const files: Readonly<Record<string, string>> = {
  'ARCHITECTURE.md': architecturePage(await readFile('ARCHITECTURE.md', 'utf8'), readRooms()),
  'docs/environment.md': environmentPage(settings),
  'docs/failures.md': failuresPage(failures),
  'docs/metrics.md': metricsPage(listMetrics()),
  'docs/asyncapi.json': print(
    asyncApiDocument(contracts, { version, address: deliveryPaths.deliver })
  ),
  'docs/openapi.json': print(openApiDocument(contracts, { version, access })),
  'schemas/spanner.sql': generateSpannerSql(contracts)
}

for (const [path, text] of Object.entries(files)) {
  if (!process.argv.includes('--check')) {
    await writeFile(path, text)
  } else if ((await readFile(path, 'utf8').catch(() => '')) !== text) {
    process.stderr.write(`${path} is out of date; run \`npm run generate\`\n`)
    process.exitCode = 1
  }
}
