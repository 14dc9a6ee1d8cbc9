import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { freePort } from '../../dev/local/ports.ts'
import { freshDatabaseName, spannerHost } from '../store/spanner-database.ts'
import { copyOfRepository, openShell, serve } from './shell.ts'
import { comparable, patternOf, readSteps } from './walk-through.ts'

const page = 'docs/add-an-event.md'
const databaseOfThePage = 'projects/my-project/instances/landfall/databases/landfall'

test('every command of docs/add-an-event.md prints what the page shows, word for word', async () => {
  const folder = copyOfRepository()
  const [port, database] = [await freePort(), await freshDatabaseName()]
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    PORT: String(port),
    SPANNER_EMULATOR_HOST: await spannerHost()
  }
  const run = openShell(folder, env)
  const here = (text: string) =>
    text.replaceAll('localhost:8080', `127.0.0.1:${port}`).replaceAll(databaseOfThePage, database)
  const steps = readSteps(here(readFileSync(page, 'utf8')))
  expect(steps.length).toBeGreaterThan(15)

  let stop = async (): Promise<void> => undefined
  for (const step of steps) {
    if (step.does === 'write') {
      mkdirSync(dirname(join(folder, step.file)), { recursive: true })
      writeFileSync(join(folder, step.file), step.text)
    } else if (step.does === 'serve') {
      await stop()
      stop = await serve(step.commands, folder, env)
    } else {
      const output = comparable(await run(step.commands))
      const expected = patternOf(step.prints).test(output) ? output : comparable(step.prints)
      expect(output, step.commands).toBe(expected)
    }
  }
  await stop()
}, 180_000)
