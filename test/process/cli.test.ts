import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'

function landfall(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/landfall.ts', ...args], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] }
  })
  return { status, stdout, stderr }
}

describe('the landfall command', () => {
  it.each([['--help'], ['help'], ['-h']])('explains itself for %s', (flag) => {
    const { status, stdout, stderr } = landfall(flag)
    expect(status).toBe(0)
    for (const command of ['check', 'schema apply', 'demo']) {
      expect(stdout).toContain(`landfall ${command}`)
    }
    expect(stderr).toBe('')
  })

  it('exits with 2 and one line for a command that does not exist', () => {
    expect(landfall('fly')).toEqual({
      status: 2,
      stdout: '',
      stderr: 'landfall: no command `fly`; see landfall --help\n'
    })
  })

  it('exits with 2 for a command used wrongly', () => {
    expect(landfall('schema')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('usage')
    })
  })

  it('exits with 1 and one line for what failed', () => {
    const { status, stderr } = landfall('check', '/nowhere')
    expect(status).toBe(1)
    expect(stderr).toMatch(/^landfall: SCHEMAS_INVALID: [^\n]*\n$/)
  })

  it('finishes what it does when nobody reads what it prints', () => {
    const command = `'${process.execPath}' bin/landfall.ts --help | true`
    const { status, stderr } = spawnSync('bash', ['-o', 'pipefail', '-c', command], {
      encoding: 'utf8'
    })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })

  it('proves the shipped schemas', () => {
    expect(landfall('check')).toMatchObject({ status: 0, stderr: '' })
  })
})
