import { readContracts } from '../../src/read-schemas.ts'
import { describeIdempotence } from './idempotence.ts'
import { createSpannerDatabase } from './spanner-database.ts'

const { tables } = await readContracts('schemas')

describeIdempotence('Spanner', 12, async () => (await createSpannerDatabase(tables)).open())
