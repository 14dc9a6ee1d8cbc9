import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { at, listAt, type Manifest, ofKind, readManifests, textAt } from './manifests.ts'

const guide = readFileSync('docs/deploy.md', 'utf8')
const manifests = readManifests('eventarc.yaml', 'deploy/foundation.yaml', 'deploy/edge.yaml')
const grants = ofKind(manifests, 'IAMPolicyMember').map(readGrant)

/** The commands for those without Config Connector, one a line. */
const commands = readFileSync('docs/deploy-gcloud.md', 'utf8')
  .replaceAll(/\\\n\s*/g, '')
  .split('\n')

/** The command that creates each kind; topics are created in one command. */
const nouns: Readonly<Record<string, string>> = {
  ArtifactRegistryRepository: 'artifacts repositories create',
  ComputeAddress: 'compute addresses create',
  ComputeBackendService: 'compute backend-services create',
  ComputeForwardingRule: 'compute forwarding-rules create',
  ComputeManagedSSLCertificate: 'compute ssl-certificates create',
  ComputeNetwork: 'compute networks create',
  ComputeRegionNetworkEndpointGroup: 'compute network-endpoint-groups create',
  ComputeSSLPolicy: 'compute ssl-policies create',
  ComputeSecurityPolicy: 'compute security-policies create',
  ComputeSubnetwork: 'compute networks subnets create',
  ComputeTargetHTTPProxy: 'compute target-http-proxies create',
  ComputeTargetHTTPSProxy: 'compute target-https-proxies create',
  ComputeURLMap: 'compute url-maps import',
  EventarcTrigger: 'eventarc triggers create',
  IAMCustomRole: 'iam roles create',
  IAMServiceAccount: 'iam service-accounts create',
  PubSubSubscription: 'pubsub subscriptions create',
  PubSubTopic: 'pubsub topics create',
  SecretManagerSecret: 'secrets create',
  SpannerDatabase: 'spanner databases create',
  SpannerInstance: 'spanner instances create',
  StorageBucket: 'storage buckets create'
}

describe('docs/deploy.md', () => {
  test('lists every grant of the manifests and no other, each with its purpose', () => {
    const row = /^\| `([^`]+)` \| `([^`]+)` \| `([^`]+)` \((\w+)\) \| (.+) \|$/gm
    const listed = [...guide.matchAll(row)].map(([, who, role, name, kind]) =>
      [who, role, kind, name].join(' ')
    )
    expect(listed.sort()).toEqual(
      grants.map(({ who, role, kind, name }) => [who, role, kind, name].join(' ')).sort()
    )
  })

  test('grants no account a role that is wider than its work', () => {
    const wide = /^roles\/(owner|editor|viewer)$|admin$/i
    expect(grants.filter(({ role }) => wide.test(role))).toEqual([])
    const everybody = manifests.filter(({ doc }) =>
      /all(Authenticated)?Users/.test(JSON.stringify(doc))
    )
    expect(everybody).toEqual([])
  })
})

describe('docs/deploy-gcloud.md', () => {
  test('creates everything that the manifests create', () => {
    const made = manifests.filter(({ kind }) => kind !== 'IAMPolicyMember')
    const missing = made.filter(({ kind, name, doc }) => {
      const id = at(doc, 'spec.resourceID') ?? name
      const command = new RegExp(`gcloud ${nouns[kind]} (\\S+ )*(gs://)?${id}( |$)`)
      return !commands.some((line) => command.test(line))
    })
    expect(made.length).toBeGreaterThan(30)
    expect(missing.map(({ kind, name }) => `${kind} ${name}`)).toEqual([])
  })

  test('grants the same roles, and no others', () => {
    const bindings = commands.filter((line) => line.includes('add-iam-policy-binding'))
    const missing = grants.filter(
      ({ who, role, name }) =>
        !bindings.some(
          (line) =>
            line.endsWith(`--role ${role}`) &&
            line.includes(` ${name}`) &&
            new RegExp(`--member serviceAccount:\\S*${who}[@.]`).test(line)
        )
    )
    expect(missing).toEqual([])
    expect(bindings).toHaveLength(grants.length)
  })

  test('sets the same values', () => {
    const values = [
      ...ofKind(manifests, 'IAMCustomRole').map(({ doc }) =>
        listAt(doc, 'spec.permissions').join(',')
      ),
      ...ofKind(manifests, 'PubSubSubscription').flatMap(({ doc }) => pushed(doc)),
      ...ofKind(manifests, 'EventarcTrigger').flatMap(({ doc }) =>
        listAt(doc, 'spec.matchingCriteria').map(
          (filter) => `--event-filters ${textAt(filter, 'attribute')}=${textAt(filter, 'value')}`
        )
      ),
      ...ofKind(manifests, 'ComputeSecurityPolicy').flatMap(({ doc }) => ruled(doc)),
      ...ofKind(manifests, 'ComputeURLMap').flatMap(({ doc }) =>
        listAt(doc, 'spec.pathMatcher.0.pathRule.0.paths').map(String)
      )
    ]
    const text = commands.join('\n').replaceAll('"! ', '"!')
    expect(values.length).toBeGreaterThan(30)
    expect(values.filter((value) => !text.includes(value))).toEqual([])
  })
})

function pushed(doc: unknown): readonly string[] {
  if (at(doc, 'spec.pushConfig') === undefined) return []
  return [
    textAt(doc, 'spec.pushConfig.pushEndpoint'),
    `--push-auth-token-audience ${textAt(doc, 'spec.pushConfig.oidcToken.audience')}`,
    `--ack-deadline ${at(doc, 'spec.ackDeadlineSeconds')}`,
    `--min-retry-delay ${textAt(doc, 'spec.retryPolicy.minimumBackoff')}`,
    `--max-retry-delay ${textAt(doc, 'spec.retryPolicy.maximumBackoff')}`,
    `--max-delivery-attempts ${at(doc, 'spec.deadLetterPolicy.maxDeliveryAttempts')}`
  ]
}

function ruled(doc: unknown): readonly string[] {
  return listAt(doc, 'spec.rule').flatMap((rule) => {
    const action = textAt(rule, 'action').replace(/\((\d+)\)/, '-$1')
    const expression = at(rule, 'match.expr.expression')
    return [String(at(rule, 'priority')), `--action ${action}`, expression].flatMap((value) =>
      typeof value === 'string' ? [value] : []
    )
  })
}

function readGrant({ doc }: Manifest) {
  const own = at(doc, 'spec.memberFrom.serviceAccountRef.name')
  const agent = /@([\w-]+)\./.exec(String(at(doc, 'spec.member')))?.[1]
  const resource = at(doc, 'spec.resourceRef.name') ?? at(doc, 'spec.resourceRef.external')
  return {
    who: String(own ?? agent),
    role: textAt(doc, 'spec.role'),
    kind: textAt(doc, 'spec.resourceRef.kind'),
    name: String(resource).split('/').at(-1) ?? ''
  }
}
