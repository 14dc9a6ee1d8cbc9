import { describe, expect, it } from 'vitest'
import { files, parseDocuments, readManifests, texts } from './manifests.ts'

const manifests = readManifests()

describe.each(files)('%s', (file) => {
  it('is YAML without a repeated key', () => {
    const documents = parseDocuments(file)
    expect(documents.length).toBeGreaterThan(0)
    expect(documents.flatMap(({ errors, warnings }) => [...errors, ...warnings])).toEqual([])
  })

  it('names what each of its documents is', () => {
    for (const { apiVersion, kind, name } of readManifests(file)) {
      expect(apiVersion).toMatch(/^([a-z0-9.-]+\/)?v[0-9a-z]+$/)
      expect(kind).toMatch(/^[A-Z]\w+$/)
      expect(name).toMatch(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/)
    }
  })
})

describe('the manifests together', () => {
  it('declare nothing twice', () => {
    const declared = manifests.map(({ apiVersion, kind, name }) => `${apiVersion} ${kind} ${name}`)
    expect(declared).toEqual([...new Set(declared)])
  })

  it.each([
    ['project', /projects\/([^/]+)/g, ['my-project']],
    ['project of service accounts', /@([\w-]+)\.iam\.gserviceaccount\.com/g, projects()],
    ['project number', /(?<!\d)(\d{10,12})(?!\d|s$)/g, ['123456789012']],
    ['region', /\b((?:us|europe|asia)-[a-z]+\d)\b/g, ['us-central1']],
    ['host', /https?:\/\/([^/\s"]+)/g, ['api.example.com', runHost()]]
  ])('agree on the %s', (_what, pattern, expected) => {
    const found = texts(manifests).flatMap((text) =>
      [...text.matchAll(pattern)].map(([, it]) => it)
    )
    expect([...new Set(found)].sort()).toEqual(expected)
  })
})

/** Own accounts, and the service agents of Google. */
function projects() {
  return ['gcp-sa-pubsub', 'gs-project-accounts', 'my-project']
}

/** The name that a service has before it is deployed (https://cloud.google.com/run/docs/triggering/https-request). */
function runHost() {
  return 'landfall-123456789012.us-central1.run.app'
}
