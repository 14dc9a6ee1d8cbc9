import { describe, expect, test } from 'vitest'
import { files, parseDocuments, readManifests, texts } from './manifests.ts'
import { edgeHost, project, projectNumber, region, runHost } from './names.ts'

const manifests = readManifests()

describe.each(files)('%s', (file) => {
  test('is YAML without a repeated key', () => {
    const documents = parseDocuments(file)
    expect(documents.length).toBeGreaterThan(0)
    expect(documents.flatMap(({ errors, warnings }) => [...errors, ...warnings])).toEqual([])
  })

  test('names the kind of each document', () => {
    for (const { apiVersion, kind, name } of readManifests(file)) {
      expect(apiVersion).toMatch(/^([a-z0-9.-]+\/)?v[0-9a-z]+$/)
      expect(kind).toMatch(/^[A-Z]\w+$/)
      expect(name).toMatch(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/)
    }
  })
})

describe('the manifests together', () => {
  test('declare nothing twice', () => {
    const declared = manifests.map(({ apiVersion, kind, name }) => `${apiVersion} ${kind} ${name}`)
    expect(declared).toEqual([...new Set(declared)])
  })

  test.each([
    ['project', /projects\/([^/]+)/g, [project]],
    [
      'project of service accounts',
      /@([\w-]+)\.iam\.gserviceaccount\.com/g,
      ['gcp-sa-pubsub', 'gs-project-accounts', project].sort()
    ],
    ['project number', /\b(\d{10,13})\b/g, [projectNumber]],
    ['region', /\b([a-z]+-(?:north|south|east|west|central)[a-z]*\d+)\b/g, [region]],
    ['host', /https?:\/\/([^/\s"]+)/g, [edgeHost, runHost, 'www.googleapis.com'].sort()]
  ])('agree on the %s', (_what, pattern, expected) => {
    const found = texts(manifests).flatMap((text) =>
      [...text.matchAll(pattern)].map(([, it]) => it)
    )
    expect([...new Set(found)].sort()).toEqual(expected)
  })
})
