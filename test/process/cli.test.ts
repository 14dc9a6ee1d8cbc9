import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { devCommands } from '../../dev/cli/commands.ts'
import { serviceCommands } from '../../src/cli/commands.ts'

function landfall(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/landfall.ts', ...args], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] }
  })
  return { status, stdout, stderr }
}

const lists = [...serviceCommands, ...devCommands]
const commands = lists.flatMap((one) =>
  'commands' in one ? one.commands.map(({ name }) => [one.name, name]) : [[one.name]]
)
const groups = lists.flatMap((one) => ('commands' in one ? [one] : []))

describe('the landfall command', () => {
  test.each([[['--help']], [['help']], [['-h']]])('lists every command for %j', (args) => {
    const { status, stdout, stderr } = landfall(...args)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    for (const { name, summary } of lists) {
      const line = stdout.split('\n').find((each) => each.startsWith(`  ${name} `))
      expect(line).toContain(summary.slice(0, 30))
    }
  })

  test.each(commands.map((words) => [words.join(' '), words] as const))(
    'explains %s for --help, with its exit codes',
    (name, words) => {
      const { status, stdout, stderr } = landfall(...words, '--help')
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      expect(stdout).toMatch(new RegExp(`^Usage: landfall ${name} \\[options\\]`))
      expect(stdout).toMatch(/Exit codes: 0 .*2 usage error/s)
      const widest = Math.max(...stdout.split('\n').map((line) => line.length))
      expect(widest).toBeLessThanOrEqual(100)
    }
  )

  test.each(groups)('explains $name, and lists its commands', ({ name, commands: verbs }) => {
    const { status, stdout } = landfall('help', name)
    expect(status).toBe(0)
    for (const verb of verbs) expect(stdout).toContain(verb.summary.slice(0, 30))
  })

  test('explains a command for `help` before its name too', () => {
    expect(landfall('help', 'schema', 'apply')).toEqual(landfall('schema', 'apply', '--help'))
  })

  test('prints its version', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
    expect(landfall('--version')).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' })
  })

  test.each([
    ['a command that does not exist', ['fly'], "unknown command 'fly'; see `landfall --help`"],
    ['one that is misspelled', ['chekc'], "unknown command 'chekc' (Did you mean check?); see "],
    ['one that is misspelled, with --help', ['chekc', '--help'], '(Did you mean check?)'],
    ['a verb that is misspelled', ['dead-letters', 'lst'], '(Did you mean list?)'],
    ['an option that is misspelled', ['demo', '--cuont', '3'], '(Did you mean --count?)'],
    ['an option without its value', ['demo', '--count'], "'--count <n>' argument missing"],
    [
      'a value that is not a number',
      ['demo', '--count', 'x'],
      "landfall: --count must be a whole number from 100 to 100000, not 'x'; see `landfall demo --help`"
    ],
    [
      'an id that is none',
      ['dead-letters', 'show', '1'],
      "landfall: id must be the 32 hex digits of a dead letter, not '1'; see `landfall dead-letters"
    ],
    [
      'data that is not JSON',
      ['publish', 'com.example.item.changed.v1', '{'],
      'landfall: json must be JSON: '
    ],
    ['a missing argument', ['import'], "missing required argument 'file'; see `landfall import"],
    ['too many arguments', ['check', 'a', 'b'], 'Expected 1 argument but got 2: a, b'],
    ['the former name of import', ['replay', 'events.ndjson'], '`landfall import FILE`']
  ])('exits with 2 and one line on standard error for %s', (_name, args, message) => {
    const { status, stdout, stderr } = landfall(...args)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(/^landfall: [^\n]*\n$/)
    expect(stderr).toContain(message)
  })

  test.each([[[]], ...groups.map(({ name }) => [[name]])])(
    'exits with 2 without one of its commands, and prints them on standard error: %j',
    (args) => {
      const { status, stdout, stderr } = landfall(...args)
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
      const path = ['landfall', ...args].join(' ')
      expect(stderr).toMatch(/^Usage: landfall /)
      expect(stderr.split('\n').at(-2)).toMatch(`landfall: \`${path}\` needs one of its commands: `)
      expect(stderr).toContain(`; see \`${path} --help\``)
    }
  )

  test('exits with 1 and one line for what failed', () => {
    const { status, stderr } = landfall('check', '/nowhere')
    expect(status).toBe(1)
    expect(stderr).toMatch(/^landfall: SCHEMAS_INVALID: [^\n]*\n$/)
  })

  test('exits with 3 and one line when `schema diff` cannot compare, as 1 means differences', () => {
    const { status, stdout, stderr } = landfall('schema', 'diff')
    expect({ status, stdout }).toEqual({ status: 3, stdout: '' })
    expect(stderr).toMatch(/^landfall: CONFIG_INVALID: SPANNER_DATABASE is not set[^\n]*\n$/)
  })

  test('finishes its work when its output is not read', () => {
    const command = `{ '${process.execPath}' bin/landfall.ts --help; echo "status $?" >&2; } | true`
    const { stderr } = spawnSync('sh', ['-c', command], { encoding: 'utf8' })
    expect(stderr).toBe('status 0\n')
  })

  test('loads neither a Google client nor a command for its help', () => {
    const folder = mkdtempSync(join(tmpdir(), 'landfall-loaded-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const file = join(folder, 'loaded')
    const hook = `import { registerHooks } from 'node:module'
      import { appendFileSync } from 'node:fs'
      registerHooks({ load(url, context, next) {
        appendFileSync('${file}', url + '\\n')
        return next(url, context)
      } })`
    const preload = `data:text/javascript,${encodeURIComponent(hook)}`
    spawnSync(process.execPath, ['--import', preload, 'bin/landfall.ts', '--help'])
    const loaded = readFileSync(file, 'utf8').split('\n')
    expect(loaded.join('\n')).toContain('/src/cli/commands.ts')
    expect(loaded.filter((url) => /@google-cloud|src\/cli\/(check|schema)\.ts/.test(url))).toEqual(
      []
    )
  })

  test('finds the shipped schemas valid', () => {
    expect(landfall('check')).toMatchObject({ status: 0, stderr: '' })
  })
})
