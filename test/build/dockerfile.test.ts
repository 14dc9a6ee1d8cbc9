import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'

interface Instruction {
  readonly name: string
  readonly rest: string
}

interface Stage {
  readonly base: string
  readonly name: string | undefined
  readonly instructions: readonly Instruction[]
}

/** Instructions as Docker reads them: without comments, lines joined (https://docs.docker.com/reference/dockerfile/). */
function parse(text: string): readonly Stage[] {
  const lines = text
    .replaceAll(/^\s*#.*\n/gm, '')
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
  const instructions = lines.filter(Boolean).map((line) => {
    const [, name = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? []
    return { name: name.toUpperCase(), rest: rest.trim() }
  })
  const starts = instructions.flatMap(({ name }, index) => (name === 'FROM' ? [index] : []))
  return starts.map((start, n) => {
    const [, base = '', name] =
      /^(\S+)(?:\s+AS\s+(\S+))?$/i.exec(instructions[start]?.rest ?? '') ?? []
    return { base, name, instructions: instructions.slice(start + 1, starts[n + 1]) }
  })
}

const stages = parse(await readFile('Dockerfile', 'utf8'))
const image = stages.at(-1)
const build = stages.find(({ name }) => name === 'build')
const all = stages.flatMap(({ instructions }) => instructions)
const of = (stage: Stage | undefined, name: string) =>
  stage?.instructions.filter((each) => each.name === name).map(({ rest }) => rest) ?? []

describe('the Dockerfile', () => {
  test('takes every base from a digest, and the image from distroless Node 24', () => {
    const names = stages.map(({ name }) => name)
    for (const { base } of stages) {
      if (!names.includes(base)) expect(base).toMatch(/^[\w./-]+:[\w.-]+@sha256:[0-9a-f]{64}$/)
    }
    const runtime = stages.find(({ name }) => name === image?.base)
    expect(runtime?.base).toMatch(/^gcr\.io\/distroless\/nodejs24-debian\d+:nonroot@/)
    expect(runtime?.instructions).toEqual([])
  })

  test('runs no shell: every command is a list', () => {
    const commands = all.filter(({ name }) => ['RUN', 'CMD', 'ENTRYPOINT'].includes(name))
    expect(commands.length).toBeGreaterThan(3)
    for (const { rest } of commands) expect(JSON.parse(rest)).toEqual(expect.any(Array))
  })

  test('starts Node itself as the first process, as a user that is not root', () => {
    expect(of(image, 'ENTRYPOINT')).toEqual(['["/nodejs/bin/node", "dist/main.js"]'])
    expect(of(image, 'CMD')).toEqual([])
    expect(of(image, 'USER')).toEqual(['65532:65532'])
    expect(of(image, 'RUN')).toEqual([])
  })

  test('copies the files that change most often last', () => {
    const copies = of(image, 'COPY')
    expect(copies).toEqual(['--from=build /app/schemas schemas', '--from=build /app/dist dist'])
    const [install, ...rest] = of(build, 'COPY')
    expect(install).toBe('package.json package-lock.json ./')
    expect(rest.indexOf('src src')).toBeGreaterThan(0)
    expect(rest.slice(rest.indexOf('src src') + 1)).toEqual(['--from=runtime /nodejs /nodejs'])
    expect(all.filter(({ name }) => name === 'ADD')).toEqual([])
  })

  test('installs from the lock file, and runs no install scripts', () => {
    expect(of(build, 'RUN')[0]).toBe('["npm", "ci", "--ignore-scripts"]')
  })

  test('makes the compile cache with the Node of the image', () => {
    expect(of(build, 'COPY')).toContain('--from=runtime /nodejs /nodejs')
    expect(of(build, 'RUN').at(-1)).toBe('["/nodejs/bin/node", "build/compile-cache.ts"]')
  })

  test('has the labels of an image, with the version of the package', async () => {
    const { version, license } = JSON.parse(await readFile('package.json', 'utf8'))
    const labels = of(image, 'LABEL').join(' ')
    for (const name of ['title', 'description', 'version', 'revision', 'base.name']) {
      expect(labels).toContain(`org.opencontainers.image.${name}="`)
    }
    expect(labels).toContain(`licenses="${license}"`)
    expect(of(image, 'ARG')).toContain(`VERSION=${version}`)
  })

  test('copies only files that exist here and are not ignored', async () => {
    const patterns = (await readFile('.dockerignore', 'utf8')).split('\n').filter(isPattern)
    const sources = of(build, 'COPY')
      .filter((rest) => !rest.startsWith('--from='))
      .flatMap((rest) => rest.split(/\s+/).slice(0, -1))
    expect(sources).toHaveLength(6)
    for (const source of sources) {
      expect(existsSync(source)).toBe(true)
      expect(isIgnored(source, patterns)).toBe(false)
    }
    for (const kept of ['node_modules', 'dist', '.git', '.landfall', 'test', '.env']) {
      expect(isIgnored(kept, patterns)).toBe(true)
    }
  })
})

const isPattern = (line: string) => line !== '' && !line.startsWith('#')

/**
 * The last pattern that matches decides (https://docs.docker.com/build/concepts/context/#dockerignore-files).
 * Only names and `*` are used.
 */
function isIgnored(path: string, patterns: readonly string[]): boolean {
  const last = patterns.findLast((pattern) => ['*', path, `!${path}`].includes(pattern))
  return last !== undefined && !last.startsWith('!')
}
