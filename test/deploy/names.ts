import { at, named, own, readManifests, textAt } from './manifests.ts'

const service = named(readManifests('service.yaml'), 'Service', 'landfall')

/** The project in the files; the operator replaces it with the name of another one. */
export const project = /@(.+)\.iam\.gserviceaccount\.com$/.exec(
  textAt(service, 'spec.template.spec.serviceAccountName')
)?.[1]
export const projectNumber = textAt(service, 'metadata.namespace')
export const region = own(at(service, 'metadata.labels'), 'cloud.googleapis.com/location')

/** The host for readers. */
export const edgeHost = textAt(
  named(readManifests('deploy/edge.yaml'), 'ComputeManagedSSLCertificate', 'landfall'),
  'spec.managed.domains.0'
)

/** What the service has before it is deployed (https://cloud.google.com/run/docs/triggering/https-request). */
export const runHost = `landfall-${projectNumber}.${region}.run.app`
