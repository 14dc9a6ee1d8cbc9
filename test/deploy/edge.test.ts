import { describe, expect, test } from 'vitest'
import { parseConfig } from '../../src/settings.ts'
import { at, listAt, named, ofKind, own, readManifests, textAt } from './manifests.ts'

const edge = readManifests('deploy/edge.yaml')
const service = named(readManifests('service.yaml'), 'Service', 'landfall')
const urlMap = named(edge, 'ComputeURLMap', 'landfall')
const backend = named(edge, 'ComputeBackendService', 'landfall')
const rules = listAt(named(edge, 'ComputeSecurityPolicy', 'landfall-read'), 'spec.rule')
const abort = { faultInjectionPolicy: { abort: { httpStatus: 404, percentage: 100 } } }

/** The paths that the URL map forwards: a path with `*` at its end is a prefix. */
function isRouted(path: string): boolean {
  const paths = listAt(urlMap, 'spec.pathMatcher.0.pathRule').flatMap((rule) =>
    listAt(rule, 'paths')
  )
  return paths.some((pattern) => {
    const text = String(pattern)
    return text.endsWith('*') ? path.startsWith(text.slice(0, -1)) : path === text
  })
}

/** The requests that Cloud Armor allows, by the expression of its first rule. */
function isAllowed(path: string): boolean {
  const [, pattern = '(?!)'] =
    /^!request\.path\.matches\('(.+)'\)$/.exec(textAt(rules[0], 'match.expr.expression')) ?? []
  return new RegExp(pattern).test(path)
}

describe('the edge', () => {
  test.each([
    '/api/v1/data',
    '/api/v1/data/a',
    '/api/v1/orders/a/b',
    '/openapi.json',
    '/asyncapi.json',
    '/docs',
    '/docs/viewer.js'
  ])('allows %s', (path) => {
    expect([isRouted(path), isAllowed(path)]).toEqual([true, true])
  })

  test.each([
    '/',
    '/events',
    '/events/',
    '/EVENTS',
    '/health/live',
    '/health/ready',
    '/metrics',
    '/api',
    '/api/v2/data',
    '/openapiXjson',
    '/docsx',
    '/x/api/v1/data'
  ])('blocks %s twice, in the URL map and in Cloud Armor', (path) => {
    expect([isRouted(path), isAllowed(path)]).toEqual([false, false])
  })

  test('answers 404 to everything else itself, for any host', () => {
    expect(at(urlMap, 'spec.defaultRouteAction')).toEqual(abort)
    const matchers = listAt(urlMap, 'spec.pathMatcher')
    expect(matchers.map((matcher) => own(matcher, 'defaultRouteAction'))).toEqual([abort])
    expect(rules.map((rule) => own(rule, 'action'))[0]).toBe('deny(404)')
  })

  test('allows only GET and HEAD', () => {
    const rule = rules.find((one) => own(one, 'description') === 'only methods that read')
    expect(own(rule, 'action')).toBe('deny(403)')
    expect(at(rule, 'match.expr.expression')).toBe(
      "request.method != 'GET' && request.method != 'HEAD'"
    )
  })

  test('denies before it allows, since the first rule that matches decides', () => {
    const priorities = rules.map((rule) => Number(own(rule, 'priority')))
    expect(priorities).toEqual([...priorities].sort((a, b) => a - b))
    const actions = rules.map((rule) => String(own(rule, 'action')).replace(/\(\d+\)/, ''))
    expect([...new Set(actions)]).toEqual(['deny', 'throttle'])
    expect(actions.lastIndexOf('throttle')).toBe(actions.length - 2)
    expect([priorities.at(-1), actions.at(-1)]).toEqual([2_147_483_647, 'deny'])
  })

  test('detects attacks with the signatures that have the fewest false positives', () => {
    const waf = rules.flatMap((rule) => {
      const expression = at(rule, 'match.expr.expression')
      return (
        /^evaluatePreconfiguredWaf\('([a-z]+)-v33-stable', \{'sensitivity': 1\}\)$/.exec(
          String(expression)
        )?.[1] ?? []
      )
    })
    expect(waf).toEqual(['sqli', 'xss', 'lfi', 'rfi', 'rce', 'protocolattack', 'scannerdetection'])
    expect(rules.some((rule) => own(rule, 'preview') === true)).toBe(false)
  })

  test('gives one address as many reads a minute as an API key has', () => {
    const throttle = rules.find((rule) => own(rule, 'action') === 'throttle')
    expect(at(throttle, 'rateLimitOptions')).toEqual({
      conformAction: 'allow',
      exceedAction: 'deny(429)',
      enforceOnKey: 'IP',
      rateLimitThreshold: {
        count: parseConfig({}).API_KEY_READS_PER_MINUTE,
        intervalSec: 60
      }
    })
  })

  test('caches nothing and logs everything', () => {
    expect(at(backend, 'spec.enableCdn')).toBe(false)
    expect(at(backend, 'spec.logConfig')).toEqual({ enable: true, sampleRate: 1 })
    expect(at(backend, 'spec.securityPolicyRef.name')).toBe('landfall-read')
    expect(ofKind(edge, 'ComputeBackendService')).toHaveLength(1)
  })

  test('has one host for the certificate, the URL map and the tokens of readers', () => {
    const [certificate] = ofKind(edge, 'ComputeManagedSSLCertificate')
    const hosts = at(urlMap, 'spec.hostRule.0.hosts')
    expect(at(certificate?.doc, 'spec.managed.domains')).toEqual(hosts)
    const audiences = JSON.parse(
      String(own(at(service, 'metadata.annotations'), 'run.googleapis.com/custom-audiences'))
    )
    expect(audiences).toEqual(
      listAt(urlMap, 'spec.hostRule.0.hosts').map((host) => `https://${host}`)
    )
  })

  test('serves on 443, and only redirects on 80', () => {
    const redirect = named(edge, 'ComputeURLMap', 'landfall-redirect')
    expect(at(redirect, 'spec.defaultUrlRedirect.httpsRedirect')).toBe(true)
    expect(at(redirect, 'spec.defaultService')).toBeUndefined()
    const ports = ofKind(edge, 'ComputeForwardingRule').map(({ doc }) => [
      at(doc, 'spec.portRange'),
      at(doc, 'spec.target.targetHTTPSProxyRef.name') ??
        at(doc, 'spec.target.targetHTTPProxyRef.name')
    ])
    expect(ports).toEqual([
      ['443', 'landfall'],
      ['80', 'landfall-redirect']
    ])
  })
})
