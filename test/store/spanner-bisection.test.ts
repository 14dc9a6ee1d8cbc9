import { bisectionTables, describeBisection } from './bisection.ts'
import { createSpannerDatabase } from './spanner-database.ts'

describeBisection('Spanner', async () => (await createSpannerDatabase(bisectionTables)).open())
