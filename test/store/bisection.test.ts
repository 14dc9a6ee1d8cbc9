import { openEmbeddedStore } from '../../src/store/embedded/open-embedded-store.ts'
import { bisectionTables, describeBisection } from './bisection.ts'

describeBisection('the embedded store', () =>
  openEmbeddedStore({ file: ':memory:', tables: bisectionTables })
)
