import type { Random } from './random.ts'
import { type SentEvent, type Tick, timeOf } from './sent-event.ts'

/** The members of Cloud Storage's StorageObjectData that are sent; int64 is a string there. */
export interface StorageObject {
  readonly bucket: string
  readonly name: string
  readonly generation: string
  readonly metageneration: string
  readonly contentType: string
  readonly size: string
  readonly storageClass: string
  readonly md5Hash: string
  readonly crc32c: string
  readonly etag: string
  readonly timeCreated: string
  readonly updated: string
  readonly metadata?: Readonly<Record<string, string>>
}

const bucketOf = ({ run }: Tick) => `${run}invoices-archive`
const media = ['application/pdf', 'image/jpeg', 'text/csv'] as const

/**
 * Make the events of a bucket. As Cloud Storage reports it, overwriting an object is followed by
 * the deletion of its former generation, which must not remove the new one.
 */
export function createObjects(random: Random, names: number): (tick: Tick) => SentEvent {
  const living = new Map<string, StorageObject>()
  const replaced: StorageObject[] = []
  return (tick) => {
    const former = replaced.pop()
    if (former) return objectEvent('deleted', tick, former)
    const name = `2026/${random.int(10, 12)}/Beleg ${random.int(1, names)} – Ö.pdf`
    const current = living.get(name)
    if (current && random.chance(0.5)) {
      const updated = relabeled(current, random, tick)
      living.set(name, updated)
      return objectEvent('metadataUpdated', tick, updated)
    }
    if (current && random.chance(0.5)) {
      living.delete(name)
      return objectEvent('deleted', tick, current)
    }
    if (current) replaced.push(current)
    const written = finalized(random, name, tick)
    living.set(name, written)
    return objectEvent('finalized', tick, written)
  }
}

function finalized(random: Random, name: string, tick: Tick): StorageObject {
  const bytes = (length: number) =>
    Buffer.from(Array.from({ length }, () => random.int(0, 255))).toString('base64')
  const time = timeOf(tick)
  return {
    bucket: bucketOf(tick),
    name,
    generation: `${tick.at}${String(random.int(0, 999)).padStart(3, '0')}`,
    metageneration: '1',
    contentType: random.pick(media),
    size: String(random.int(1, 5_000_000)),
    storageClass: 'STANDARD',
    md5Hash: bytes(16),
    crc32c: bytes(4),
    etag: bytes(8),
    timeCreated: time,
    updated: time
  }
}

function relabeled(object: StorageObject, random: Random, tick: Tick): StorageObject {
  return {
    ...object,
    metageneration: String(Number(object.metageneration) + 1),
    updated: timeOf(tick),
    metadata: { reviewed: random.pick(['yes', 'no']), customer: `c-${random.int(1, 200)}` }
  }
}

function objectEvent(what: string, tick: Tick, object: StorageObject): SentEvent {
  return {
    specversion: '1.0',
    id: `76145120${String(tick.serial).padStart(8, '0')}`,
    source: `//storage.googleapis.com/projects/_/buckets/${object.bucket}`,
    type: `google.cloud.storage.object.v1.${what}`,
    time: timeOf(tick),
    subject: `objects/${object.name}`,
    bucket: object.bucket,
    data: JSON.stringify({ kind: 'storage#object', ...object })
  }
}
