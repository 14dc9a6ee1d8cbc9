import { describe, expect, test } from 'vitest'
import { at, inside, type Manifest, ofKind, own, readManifests, texts } from './manifests.ts'
import { project } from './names.ts'

/** References on Google Cloud; those inside a cluster are in kubernetes.test.ts. */
const manifests = readManifests(
  'service.yaml',
  'eventarc.yaml',
  'deploy/foundation.yaml',
  'deploy/edge.yaml'
)

/** The kind of resource that each reference by name points to. */
const kinds: Readonly<Record<string, string>> = {
  addressRef: 'ComputeAddress',
  backendServiceRef: 'ComputeBackendService',
  deadLetterTopicRef: 'PubSubTopic',
  instanceRef: 'SpannerInstance',
  networkRef: 'ComputeNetwork',
  securityPolicyRef: 'ComputeSecurityPolicy',
  serviceAccountRef: 'IAMServiceAccount',
  sslPolicyRef: 'ComputeSSLPolicy',
  targetHTTPProxyRef: 'ComputeTargetHTTPProxy',
  targetHTTPSProxyRef: 'ComputeTargetHTTPSProxy',
  topicRef: 'PubSubTopic',
  urlMapRef: 'ComputeURLMap'
}

/**
 * The kind that each reference to a resource outside its namespace points to, by the word before
 * its name.
 */
const externals: Readonly<Record<string, string>> = {
  networkEndpointGroups: 'ComputeRegionNetworkEndpointGroup',
  services: 'Service',
  sslCertificates: 'ComputeManagedSSLCertificate'
}

const references = manifests.flatMap((from) =>
  [...inside(from.doc)]
    .filter(([key, value]) => key.endsWith('Ref') && typeof value === 'object')
    .map(([key, value]) => ({ key, value, from }))
)

function isDeclared(kind: string, name: unknown): boolean {
  return ofKind(manifests, kind).some((manifest) => manifest.name === name)
}

describe('a reference', () => {
  test('occurs in every file that has references', () => {
    expect(references.length).toBeGreaterThan(60)
  })

  test('by name points to a declared resource of its kind', () => {
    const byName = references.filter(({ value }) => own(value, 'name') !== undefined)
    const dangling = byName.filter(({ key, value }) => {
      const kind = key === 'resourceRef' ? own(value, 'kind') : kinds[key]
      return typeof kind !== 'string' || !isDeclared(kind, own(value, 'name'))
    })
    expect(dangling.map(describeReference)).toEqual([])
  })

  test('by full name points to a declared resource, the service or the project', () => {
    const dangling = externalNames().filter((name) => {
      if (name === `projects/${project}` || name === project) return false
      const [, kind, last] = /([^/]+)\/([^/]+)$/.exec(name) ?? [name, 'services', name]
      return !isDeclared(externals[kind ?? ''] ?? 'none', last)
    })
    expect(dangling).toEqual([])
  })
})

describe('a role of our own', () => {
  test('is declared where it is granted, and granted where it is declared', () => {
    const granted = ofKind(manifests, 'IAMPolicyMember').flatMap(({ doc }) => {
      const role = at(doc, 'spec.role')
      return typeof role === 'string' && role.startsWith('projects/') ? [role] : []
    })
    const declared = ofKind(manifests, 'IAMCustomRole').map(
      ({ doc }) => `projects/${project}/roles/${at(doc, 'spec.resourceID')}`
    )
    expect([...new Set(granted)].sort()).toEqual(declared.sort())
  })
})

describe('a service account', () => {
  const declared = ofKind(manifests, 'IAMServiceAccount').map(({ name }) => name)

  test('is declared wherever it is named by its address', () => {
    const address = new RegExp(`([\\w-]+)@${project}\\.iam\\.gserviceaccount\\.com`, 'g')
    const used = texts(readManifests()).flatMap((text) =>
      [...text.matchAll(address)].map(([, it]) => it)
    )
    expect(used.length).toBeGreaterThan(5)
    expect(used.filter((name) => !declared.includes(name ?? ''))).toEqual([])
  })

  test('has at least one grant', () => {
    const granted = ofKind(manifests, 'IAMPolicyMember').map(({ doc }) =>
      at(doc, 'spec.memberFrom.serviceAccountRef.name')
    )
    expect(declared.filter((name) => !granted.includes(name))).toEqual([])
  })
})

/** Full names, in `…Ref.external` and in lists of them. */
function externalNames(): readonly string[] {
  return manifests
    .flatMap(({ doc }) => [...inside(doc)])
    .flatMap(([key, value]) => (key === 'external' && typeof value === 'string' ? [value] : []))
}

function describeReference({ key, value, from }: { key: string; value: unknown; from: Manifest }) {
  return `${from.file}: ${from.kind} ${from.name}: ${key} ${JSON.stringify(value)}`
}
