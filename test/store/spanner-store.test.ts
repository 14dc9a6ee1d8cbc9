import { inject } from 'vitest'
import { scalarTypes } from '../../src/values/column-types.ts'
import { describeStore } from './contract.ts'
import { createSpannerDatabase } from './spanner-database.ts'

const emulator = inject('spanner') === 'emulator'

describeStore(`the Spanner store on ${emulator ? "Google's emulator" : 'the model of Spanner'}`, {
  // UUID is in GoogleSQL, but not in the emulator.
  types: scalarTypes.filter((type) => !emulator || type !== 'UUID'),
  shared: true,
  create: async (tables) => (await createSpannerDatabase(tables)).open
})
