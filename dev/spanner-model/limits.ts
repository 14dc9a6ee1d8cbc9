import { status } from '@grpc/grpc-js'
import { refusal } from './refusal.ts'
import type { Column, Table } from './schema.ts'
import type { Value } from './values.ts'

/** https://cloud.google.com/spanner/quotas, where all limits of this file are from. */
const maxKeyBytes = 8 * 1024
const maxCellBytes = 10 * 1024 * 1024
const maxCharacters = 2_621_440
const maxMutations = 80_000
const maxCommitBytes = 100 * 1024 * 1024

/** Refuse a value that is longer than its column. */
export function checkLength({ name: table }: Table, { name, type }: Column, value: Value): void {
  for (const element of Array.isArray(value) ? value : [value]) {
    const limit = type.length === 'MAX' || !type.length ? maxOf(type.scalar) : type.length
    const size = lengthOf(type.scalar, element)
    if (size <= limit) continue
    const words = 'New value exceeds the maximum size limit for this column'
    const detail = `${words}: ${table}.${name}, size: ${size}, limit: ${limit}.`
    throw refusal(status.FAILED_PRECONDITION, detail)
  }
}

const maxOf = (scalar: string) => (scalar === 'STRING' ? maxCharacters : maxCellBytes)

function lengthOf(scalar: string, value: Value): number {
  if (typeof value !== 'string') return 0
  if (scalar === 'STRING') return /^[\x20-\x7e]*$/.test(value) ? value.length : [...value].length
  return scalar === 'BYTES' ? Buffer.byteLength(value, 'base64') : value.length
}

/** Refuse a key of a table or an index that is too long. */
export function checkKey(name: string, key: readonly Value[]): void {
  const size = sizeOf(key)
  if (size <= maxKeyBytes) return
  const detail = `The key of ${name} is ${size} bytes long; the limit is ${maxKeyBytes}.`
  throw refusal(status.FAILED_PRECONDITION, detail)
}

/** Rows that one commit writes to a table. */
interface Written {
  readonly table: Table
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Value[])[]
}

/** Refuse a commit of too many mutations, index entries included, or of too many bytes. */
export function checkCommit(written: readonly Written[]): void {
  const perRow = ({ table, columns }: Written) =>
    columns.length +
    table.indexes
      .filter((index) => index.columns.some(({ column }) => columns.includes(column)))
      .reduce((total, index) => total + index.columns.length + index.storing.length + 1, 0)
  const mutations = written.reduce((total, one) => total + perRow(one) * one.rows.length, 0)
  if (mutations > maxMutations)
    throw refusal(status.INVALID_ARGUMENT, 'The transaction contains too many mutations.')
  const bytes = written.reduce((total, { rows }) => total + sizeOf(rows), 0)
  if (bytes > maxCommitBytes)
    throw refusal(status.INVALID_ARGUMENT, 'The commit is larger than 100 MiB.')
}

function sizeOf(value: Value): number {
  if (typeof value === 'string') return Buffer.byteLength(value)
  if (!Array.isArray(value)) return value === null ? 0 : 8
  return value.reduce<number>((total, element) => total + sizeOf(element), 0)
}
