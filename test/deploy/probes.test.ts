import { describe, expect, test } from 'vitest'
import { openApp } from '../http/open-app.ts'
import { at, listAt, numberAt, ofKind, own, readManifests, textAt } from './manifests.ts'

const pods = [
  ['service.yaml', readManifests('service.yaml')[0]?.doc],
  ['deploy/kubernetes.yaml', ofKind(readManifests('deploy/kubernetes.yaml'), 'Deployment')[0]?.doc]
] as const

const outage = async () => {
  throw new Error('Spanner is unavailable')
}

describe.each(pods)('the probes of %s', (_file, doc) => {
  const container = listAt(doc, 'spec.template.spec.containers').find(
    (one) => own(one, 'name') === 'landfall'
  )
  const path = (probe: string) => textAt(container, `${probe}.httpGet.path`)
  const seconds = (probe: string, name: string) => numberAt(container, `${probe}.${name}`)

  test('succeed on a service that works', async () => {
    const { app } = await openApp()
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
      expect((await app.inject(path(probe))).statusCode).toBe(200)
    }
  })

  test('neither block nor restart an instance while Spanner is unavailable', async () => {
    const { app } = await openApp({}, (store) => ({ ...store, verify: outage }))
    expect((await app.inject(path('startupProbe'))).statusCode).toBe(200)
    expect((await app.inject(path('livenessProbe'))).statusCode).toBe(200)
    expect((await app.inject(path('readinessProbe'))).statusCode).toBeGreaterThanOrEqual(500)
  })

  test('end before the next one begins', () => {
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
      expect(seconds(probe, 'timeoutSeconds')).toBeLessThanOrEqual(seconds(probe, 'periodSeconds'))
    }
  })

  test('do not wait for a start longer than Cloud Run does', () => {
    // https://cloud.google.com/run/docs/container-contract: 4 minutes.
    const waited =
      seconds('startupProbe', 'periodSeconds') * seconds('startupProbe', 'failureThreshold')
    expect(waited).toBeLessThanOrEqual(240)
  })

  test('use the port that is served', () => {
    const [port] = listAt(container, 'ports')
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
      expect([own(port, 'name'), own(port, 'containerPort')]).toContain(
        at(container, `${probe}.httpGet.port`)
      )
    }
  })
})
