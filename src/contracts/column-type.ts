import { type ColumnType, scalarTypes } from '../store/table.ts'
import { maxBytes } from './values/bytes.ts'
import { maxCharacters } from './values/text.ts'

const form = /^(?:ARRAY<(?<element>[A-Z0-9()]+)>|(?<plain>[A-Z0-9()]+))$/
const scalarForm = /^(?<name>[A-Z0-9]+)(?:\((?<length>MAX|[1-9]\d{0,7})\))?$/
const limits: Readonly<Record<string, number>> = { STRING: maxCharacters, BYTES: maxBytes }

/** Read a GoogleSQL column type; undefined when it is none that Landfall maps. */
export function parseColumnType(text: string): ColumnType | undefined {
  const { element, plain } = form.exec(text)?.groups ?? {}
  const match = scalarForm.exec(element ?? plain ?? '')?.groups
  const scalar = scalarTypes.find((known) => known === match?.['name'])
  if (!scalar) return undefined
  const length = parseLength(match?.['length'])
  const limit = limits[scalar]
  if ((limit === undefined) !== (length === undefined)) return undefined
  if (typeof length === 'number' && length > (limit ?? 0)) return undefined
  return { scalar, array: element !== undefined, ...(length !== undefined && { length }) }
}

function parseLength(text: string | undefined): number | 'MAX' | undefined {
  return text === undefined || text === 'MAX' ? text : Number(text)
}
