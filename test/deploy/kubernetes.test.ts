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
import { unknownSettings } from './settings.ts'

const cluster = readManifests('deploy/kubernetes.yaml')
const deployment = named(cluster, 'Deployment', 'landfall')
const pod = at(deployment, 'spec.template.spec')
const [container, ...others] = listAt(pod, 'containers')
const env = environmentOf(container)
const config = parseConfig(env)

/** The same variables on Cloud Run. */
const cloudRun = environmentOf(
  listAt(readManifests('service.yaml')[0]?.doc, 'spec.template.spec.containers')[0]
)

describe('deploy/kubernetes.yaml', () => {
  test('sets variables that Landfall reads, to values that it starts with', () => {
    expect(unknownSettings(env)).toEqual([])
    expect(config).toMatchObject({ HOST: '0.0.0.0', PORT: 8080 })
  })

  test('authenticates every caller itself, because there is no IAM in front of it', () => {
    expect(config).toMatchObject({ PUSH_AUTH: 'oidc', READ_AUTH: 'api-key' })
  })

  test('has the database, the project and the time limits of a delivery as on Cloud Run', () => {
    const shared = Object.keys(env).filter(
      (name) => name in cloudRun && !/AUTH|ACCOUNTS|SECRET|SHUTDOWN/.test(name)
    )
    expect(shared).toHaveLength(5)
    for (const name of shared) expect([name, env[name]]).toEqual([name, cloudRun[name]])
  })

  test('reads the secret of the foundation', () => {
    const secret = /secrets\/(.+)\/versions\/latest$/.exec(config.API_KEYS_SECRET ?? '')?.[1]
    named(readManifests('deploy/foundation.yaml'), 'SecretManagerSecret', secret ?? '')
  })

  test('acts as the account of the service, without a key', () => {
    const account = named(cluster, 'ServiceAccount', textAt(pod, 'serviceAccountName'))
    const google = own(at(account, 'metadata.annotations'), 'iam.gke.io/gcp-service-account')
    expect(google).toBe(`landfall-run@${project}.iam.gserviceaccount.com`)
  })

  test('leaves time for traffic to stop, and then to answer accepted requests', () => {
    const graceMs = numberAt(pod, 'terminationGracePeriodSeconds') * 1000
    const preStopMs = numberAt(container, 'lifecycle.preStop.sleep.seconds') * 1000
    expect(preStopMs + config.SHUTDOWN_TIMEOUT_MS).toBeLessThan(graceMs)
    expect(config.DELIVERY_TIMEOUT_MS + config.REQUEST_TIMEOUT_MS).toBeLessThan(
      config.SHUTDOWN_TIMEOUT_MS
    )
  })

  test('needs no rights on its node and does not write to disk', () => {
    expect(at(pod, 'securityContext')).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' }
    })
    expect(own(container, 'securityContext')).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] }
    })
    expect(others).toEqual([])
  })

  test('selects its own pods everywhere', () => {
    const labels = at(deployment, 'spec.template.metadata.labels')
    const selectors = [
      at(deployment, 'spec.selector.matchLabels'),
      at(named(cluster, 'Service', 'landfall'), 'spec.selector'),
      at(named(cluster, 'PodDisruptionBudget', 'landfall'), 'spec.selector.matchLabels'),
      at(named(cluster, 'PodMonitoring', 'landfall'), 'spec.selector.matchLabels'),
      at(pod, 'topologySpreadConstraints.0.labelSelector.matchLabels')
    ]
    expect(selectors).toEqual(Array(5).fill(labels))
  })

  test('leaves the number of pods to the autoscaler', () => {
    const autoscaler = named(cluster, 'HorizontalPodAutoscaler', 'landfall')
    expect(at(autoscaler, 'spec.scaleTargetRef')).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      name: 'landfall'
    })
    expect(at(deployment, 'spec.replicas')).toBeUndefined()
    // Otherwise the autoscaler has no request to compare the CPU with.
    expect(at(container, 'resources.requests.cpu')).toBeDefined()
  })

  test('serves and scrapes the port by its name', () => {
    const [port] = listAt(container, 'ports')
    expect(own(port, 'containerPort')).toBe(config.PORT)
    const names = [
      at(named(cluster, 'Service', 'landfall'), 'spec.ports.0.targetPort'),
      at(named(cluster, 'PodMonitoring', 'landfall'), 'spec.endpoints.0.port')
    ]
    expect(names).toEqual([own(port, 'name'), own(port, 'name')])
  })

  test('is all in one namespace', () => {
    const [namespace] = ofKind(cluster, 'Namespace')
    const inside = cluster.filter(({ kind }) => kind !== 'Namespace')
    expect(inside.map(({ doc }) => at(doc, 'metadata.namespace'))).toEqual(
      inside.map(() => namespace?.name)
    )
  })
})
