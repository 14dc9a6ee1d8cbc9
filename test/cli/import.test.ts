import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, onTestFinished, test } from 'vitest'
import { runCommandLine } from '../../src/cli/command-line.ts'
import { serviceCommands } from '../../src/cli/commands.ts'
import { greenItem, order, rowsOf, temporaryFolder, toLines } from './poison.ts'
import { keeping, run, toolOf } from './run-command.ts'

const items = (count: number) => Array.from({ length: count }, (_each, n) => greenItem(n))

async function prepare(content: string | Buffer, name = 'events.ndjson') {
  const folder = await temporaryFolder()
  const file = join(folder, name)
  await writeFile(file, content)
  return { file, env: { EMBEDDED_FILE: join(folder, 'landfall.db') } }
}

describe('landfall import', () => {
  test('lands a file, and reports it as a table', async () => {
    const { file, env } = await prepare(toLines(items(30)))
    const { code, out, errors } = await run('import', [file], env)
    expect({ code, errors }).toEqual({ code: 0, errors: [] })
    expect(out).toEqual([
      'verdict  reason  lines',
      '──────────────────────',
      'applied             30'
    ])
    expect(await rowsOf(env, 'items')).toHaveLength(30)
  })

  test('inflates a file whose name ends in .gz', async () => {
    const { file, env } = await prepare(gzipSync(toLines(items(30))), 'events.ndjson.gz')
    expect((await run('import', [file], env)).code).toBe(0)
    expect(await rowsOf(env, 'items')).toHaveLength(30)
  })

  test('continues from a line', async () => {
    const { file, env } = await prepare(toLines(items(30)))
    const { out } = await run('import', [file, '--from-line', '21', '--json'], env)
    expect(out.map((line) => JSON.parse(line))).toEqual([
      {
        lastLine: 30,
        finished: true,
        verdicts: { applied: 10, duplicate: 0, stale: 0, ignored: 0, 'dead-lettered': 0 }
      }
    ])
    expect(await rowsOf(env, 'items')).toHaveLength(10)
  })

  test('makes dead letters of lines that cannot land, names them, and fails', async () => {
    const { file, env } = await prepare(`${toLines(items(2))}nonsense\n${toLines([order(3)])}`)
    const { code, errors } = await run('import', [file], { ...env, POISON: 'reject' })
    expect(code).toBe(1)
    expect(errors).toEqual([expect.stringMatching(/^line 3: JSON_INVALID: /)])
    expect(await rowsOf(env, 'dead_letters')).toMatchObject([
      { reason: 'JSON_INVALID', body: Buffer.from('nonsense').toString('base64') }
    ])
    expect(await rowsOf(env, 'orders')).toHaveLength(1)
  })

  test('reports where it stopped when a line is too long', async () => {
    const { file, env } = await prepare(`${toLines(items(1100))}${'x'.repeat(17 * 2 ** 20)}\n`)
    const errors: string[] = []
    const running = runCommandLine(
      toolOf(serviceCommands),
      ['import', file],
      keeping(env, [], errors)
    )
    await expect(running).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' })
    expect(errors.at(-1)).toMatch(/up to line \d+ has landed; continue with --from-line \d+$/)
  })

  test('does not say where to continue when nothing has landed', async () => {
    const errors: string[] = []
    const args = ['import', '/nowhere/events.ndjson']
    const around = keeping({ EMBEDDED_FILE: ':memory:' }, [], errors)
    const running = runCommandLine(toolOf(serviceCommands), args, around)
    await expect(running).rejects.toMatchObject({ code: 'ENOENT' })
    expect(errors).toEqual([])
  })

  test.each([
    ['is not there', 'missing.ndjson', 'ENOENT'],
    ['is not compressed although its name ends in .gz', 'plain.gz', 'Z_DATA_ERROR']
  ])('fails for a file that %s', async (_name, name, code) => {
    const { file, env } = await prepare('plain', 'plain.gz')
    await expect(run('import', [join(file, '..', name)], env)).rejects.toMatchObject({ code })
  })

  test('stops cleanly on Ctrl-C, and prints where to continue', async () => {
    const { env } = await prepare('')
    const child = startImport(env)
    child.stdin.write(toLines(items(700)))
    await expect.poll(() => rowsOf(env, 'items'), { timeout: 20_000 }).toHaveLength(700)
    child.kill('SIGINT')
    const [code] = await once(child, 'close')
    expect(child.errors()).toContain('everything up to line 700 has landed')
    expect(child.errors()).toContain('--from-line 701')
    expect(code).toBe(130)
  })

  test('helps', async () => {
    const { code, out } = await run('import', ['--help'], {})
    expect({ code, text: out[0] }).toEqual({
      code: 0,
      text: expect.stringContaining('--from-line')
    })
  })

  test.each([[[]], [['a', 'b']], [['a', '--from-line', '0']], [['a', '--nonsense']]])(
    'refuses %j as wrong usage',
    async (args) => {
      await expect(run('import', args, {})).rejects.toMatchObject({ name: 'UsageError' })
    }
  )
})

/** The command in a process of its own, reading standard input. */
function startImport(env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, ['bin/landfall.ts', 'import', '-'], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['pipe', 'pipe', 'pipe']
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  let errors = ''
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  child.stdout.resume()
  return Object.assign(child, { errors: () => errors })
}
