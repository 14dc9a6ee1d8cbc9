import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { fileSecret } from '../../src/access/secret-source.ts'

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'landfall-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

function open(path: string) {
  const source = fileSecret(path)
  return async () => (await source.read()).bytes.toString()
}

describe('a secret in a file', () => {
  test('is the new file after a rename', async () => {
    const dir = await folder()
    const path = join(dir, 'keys.json')
    await writeFile(path, 'one')
    const read = open(path)
    expect(await read()).toBe('one')
    await writeFile(join(dir, 'next'), 'two')
    await rename(join(dir, 'next'), path)
    expect(await read()).toBe('two')
  })

  test('is the new file after the symbolic link to its folder was switched', async () => {
    const dir = await folder()
    for (const version of ['one', 'two']) {
      await mkdir(join(dir, version))
      await writeFile(join(dir, version, 'keys.json'), version)
    }
    await symlink('one', join(dir, '..data'))
    await symlink('..data/keys.json', join(dir, 'keys.json'))
    const read = open(join(dir, 'keys.json'))
    expect(await read()).toBe('one')
    await symlink('two', join(dir, '..next'))
    await rename(join(dir, '..next'), join(dir, '..data'))
    expect(await read()).toBe('two')
  })

  test('is the old one or the new one, whole, while it is replaced repeatedly', async () => {
    const dir = await folder()
    const path = join(dir, 'keys.json')
    const contents = ['a', 'b'].map((letter) => letter.repeat(60_000))
    await writeFile(path, contents[0] ?? '')
    const read = open(path)
    const replacing = (async () => {
      for (let n = 0; n < 50; n++) {
        await writeFile(join(dir, 'next'), contents[n % 2] ?? '')
        await rename(join(dir, 'next'), path)
      }
    })()
    for (let n = 0; n < 50; n++) expect(contents).toContain(await read())
    await replacing
  })

  test.each([
    ['is absent', 'absent.json', 'ENOENT'],
    ['is a folder', '.', 'EISDIR']
  ])('is refused where it %s', async (_name, name, code) => {
    const path = join(await folder(), name)
    await expect(open(path)()).rejects.toMatchObject({
      code: 'SECRET_INVALID',
      message: `the file ${path} cannot be read: ${code}`
    })
  })
})
