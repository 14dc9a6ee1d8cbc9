import { Ajv2020 } from 'ajv/dist/2020.js'
import collectionSchema from '../../schemas/collection.schema.json' with { type: 'json' }
import eventSchema from '../../schemas/event.schema.json' with { type: 'json' }
import type { CollectionFile, EventFile } from './schema-file.ts'

/** Keeps the source of what it compiles, because the bundle contains that in place of this module. */
export const ajv = new Ajv2020({
  allErrors: true,
  verbose: true,
  strictTypes: false,
  validateFormats: false,
  code: { source: true, esm: true }
})

/** Whether a file of schemas/collections has the shape that editors check. */
export const isCollection = ajv.compile<CollectionFile>(collectionSchema)

/** Whether a file of schemas/events has the shape that editors check. */
export const isEvent = ajv.compile<EventFile>(eventSchema)
