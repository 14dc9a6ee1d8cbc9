import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { openEmbeddedStore } from '../../src/store/embedded/open-embedded-store.ts'
import { scalarTypes } from '../../src/values/column-types.ts'
import { describeStore } from './contract.ts'

const folders: string[] = []
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true })
})

describeStore('the embedded store in a file', {
  types: scalarTypes,
  shared: true,
  async create(tables) {
    const folder = await mkdtemp(join(tmpdir(), 'landfall-'))
    folders.push(folder)
    const file = join(folder, 'new', 'landfall.db')
    return () => openEmbeddedStore({ file, tables })
  }
})

describeStore('the embedded store in memory', {
  types: scalarTypes,
  shared: false,
  create: async (tables) => () => openEmbeddedStore({ file: ':memory:', tables })
})
