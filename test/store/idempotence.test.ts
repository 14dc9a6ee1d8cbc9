import { readContracts } from '../../src/read-schemas.ts'
import { openEmbeddedStore } from '../../src/store/embedded/open-embedded-store.ts'
import { describeIdempotence } from './idempotence.ts'

const { tables } = await readContracts('schemas')

describeIdempotence('the embedded store', 60, () => openEmbeddedStore({ file: ':memory:', tables }))
