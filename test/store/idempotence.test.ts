import { readContracts } from '../../src/read-schemas.ts'
import { openEmbeddedStore } from '../../src/store/embedded/open-embedded-store.ts'
import { describeIdempotence } from './idempotence.ts'
import { createSpannerDatabase } from './spanner-database.ts'

const { tables } = await readContracts('schemas')

describeIdempotence('the embedded store', 60, () => openEmbeddedStore({ file: ':memory:', tables }))

describeIdempotence('Spanner', 12, async () => (await createSpannerDatabase(tables)).open())
