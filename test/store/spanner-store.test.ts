import { scalarTypes } from '../../src/values/column-types.ts'
import { describeStore } from './contract.ts'
import { createSpannerDatabase } from './spanner-database.ts'

describeStore('the Spanner store on the emulator', {
  // UUID is in GoogleSQL, but not in the emulator.
  types: scalarTypes.filter((type) => type !== 'UUID'),
  shared: true,
  create: async (tables) => (await createSpannerDatabase(tables)).open
})
