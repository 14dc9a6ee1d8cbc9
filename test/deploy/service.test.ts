import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parseConfig } from '../../src/settings.ts'
import {
  at,
  environmentOf,
  listAt,
  named,
  numberAt,
  ofKind,
  own,
  readManifests,
  textAt
} from './manifests.ts'
import { project } from './names.ts'
import { faultsOf } from './satisfies.ts'
import { unknownSettings } from './settings.ts'

const service = named(readManifests('service.yaml'), 'Service', 'landfall')
const foundation = readManifests('deploy/foundation.yaml')
const template = at(service, 'spec.template')
const [container, collector, ...others] = listAt(template, 'spec.containers')
const env = environmentOf(container)
// Cloud Run sets these.
const config = parseConfig({ ...env, PORT: '8080', K_SERVICE: 'landfall' })
const imports = "import type { run_v1 } from '@googleapis/run'"

describe('service.yaml', () => {
  test('matches the type of the API of Cloud Run', () => {
    expect(faultsOf(service, 'run_v1.Schema$Service', imports)).toEqual([])
    const misspelt = { ...Object(service), spec: { templates: {} } }
    expect(faultsOf(misspelt, 'run_v1.Schema$Service', imports)).toHaveLength(1)
  })

  test.each([
    ['Service', 'metadata.annotations'],
    ['Revision', 'spec.template.metadata.annotations']
  ])('annotates the %s with annotations that Cloud Run accepts there', (scope, path) => {
    const annotations = Object.entries(Object(at(service, path)))
    expect(annotations.length).toBeGreaterThan(3)
    expect(annotations.filter(([name]) => !acceptedIn(scope).includes(name))).toEqual([])
    expect(annotations.filter(([, value]) => typeof value !== 'string')).toEqual([])
  })

  test('sets variables that Landfall reads, to values that it starts with', () => {
    expect(unknownSettings(env)).toEqual([])
    expect(config).toMatchObject({ HOST: '0.0.0.0', PUSH_AUTH: 'cloud-run', READ_AUTH: 'api-key' })
  })

  test('does not set what Cloud Run sets', () => {
    // https://cloud.google.com/run/docs/configuring/services/environment-variables#reserved
    expect(Object.keys(env).filter((name) => /^(PORT|K_\w+)$/.test(name))).toEqual([])
    expect(at(container, 'ports')).toEqual([{ name: 'http1', containerPort: config.PORT }])
    expect(at(collector, 'ports')).toBeUndefined()
    expect(others).toEqual([])
  })

  test('is private: IAM checks every caller, and only the load balancer is on the internet', () => {
    const annotations = at(service, 'metadata.annotations')
    expect(own(annotations, 'run.googleapis.com/invoker-iam-disabled')).toBe('false')
    expect(own(annotations, 'run.googleapis.com/ingress')).toBe('internal-and-cloud-load-balancing')
  })

  test('runs on the resources of the foundation', () => {
    const [network] = JSON.parse(
      String(own(at(template, 'metadata.annotations'), 'run.googleapis.com/network-interfaces'))
    )
    named(foundation, 'ComputeNetwork', network.network)
    named(foundation, 'ComputeSubnetwork', network.subnetwork)
    const [account] = textAt(template, 'spec.serviceAccountName').split('@')
    named(foundation, 'IAMServiceAccount', account ?? '')
    const [, instance, database] =
      /instances\/(.+)\/databases\/(.+)/.exec(config.SPANNER_DATABASE ?? '') ?? []
    expect(at(named(foundation, 'SpannerDatabase', database ?? ''), 'spec.instanceRef.name')).toBe(
      instance
    )
    const repository = named(foundation, 'ArtifactRegistryRepository', 'landfall')
    const host = `${textAt(repository, 'spec.location')}-docker.pkg.dev`
    expect(textAt(container, 'image')).toMatch(
      new RegExp(`^${host}/${project}/landfall/landfall[:@]`)
    )
  })

  test('mounts the secret where Landfall looks for the API keys', () => {
    const mount = at(container, 'volumeMounts.0')
    const volume = listAt(template, 'spec.volumes').find(
      (one) => own(one, 'name') === own(mount, 'name')
    )
    named(foundation, 'SecretManagerSecret', textAt(volume, 'secret.secretName'))
    const [item, second] = listAt(volume, 'secret.items')
    expect(`${textAt(mount, 'mountPath')}/${textAt(item, 'path')}`).toBe(config.API_KEYS_SECRET)
    // A pinned version would never change.
    expect(own(item, 'key')).toBe('latest')
    expect(second).toBeUndefined()
  })

  test('lets exactly the accounts of the subscriptions and triggers push', () => {
    const eventarc = readManifests('eventarc.yaml')
    const push = ofKind(eventarc, 'PubSubSubscription').flatMap(({ doc }) => {
      const account = at(doc, 'spec.pushConfig.oidcToken.serviceAccountEmail')
      return typeof account === 'string' ? [account] : []
    })
    const triggers = ofKind(eventarc, 'EventarcTrigger').map(({ doc }) => {
      return `${textAt(doc, 'spec.serviceAccountRef.name')}@${project}.iam.gserviceaccount.com`
    })
    expect([...config.PUSH_SERVICE_ACCOUNTS].sort()).toEqual(
      [...new Set([...push, ...triggers])].sort()
    )
  })

  test('sends all traffic to revisions by name, so that a new one gets none before its canary', () => {
    const traffic = listAt(service, 'spec.traffic')
    expect(traffic.map((one) => own(one, 'percent') ?? 0)).toEqual([100, 0])
    expect(traffic.map((one) => own(one, 'tag'))).toEqual([undefined, 'canary'])
    const revision = textAt(template, 'metadata.name')
    expect(revision).toMatch(/^landfall-[a-z0-9-]{1,40}[a-z0-9]$/)
    // Applied to an empty project, there is no other revision.
    expect(traffic.map((one) => own(one, 'revisionName'))).toEqual([revision, revision])
  })

  test('gives Landfall time to answer before Cloud Run or Pub/Sub gives up', () => {
    const timeoutMs = numberAt(template, 'spec.timeoutSeconds') * 1000
    expect(config.DELIVERY_TIMEOUT_MS + config.REQUEST_TIMEOUT_MS).toBeLessThan(timeoutMs)
    // The time that Cloud Run leaves between SIGTERM and SIGKILL.
    expect(config.SHUTDOWN_TIMEOUT_MS).toBeLessThan(10_000)
  })
})

/** The annotations that the types of the API document for this place. */
function acceptedIn(scope: string): readonly string[] {
  const types = readFileSync('node_modules/@googleapis/run/build/v1.d.ts', 'utf8')
  const lines = types.matchAll(
    /`((?:run\.googleapis\.com|autoscaling\.knative\.dev)\/[\w-]+)`: ([\w ,]+)/g
  )
  return [...lines].flatMap(([, name = '', scopes = '']) => (scopes.includes(scope) ? [name] : []))
}
