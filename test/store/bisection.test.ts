import { openEmbeddedStore } from '../../src/store/embedded/open-embedded-store.ts'
import { bisectionTables, describeBisection } from './bisection.ts'
import { createSpannerDatabase } from './spanner-database.ts'

describeBisection('the embedded store', () =>
  openEmbeddedStore({ file: ':memory:', tables: bisectionTables })
)

describeBisection('Spanner', async () => (await createSpannerDatabase(bisectionTables)).open())
