import { at, named, own, readManifests, textAt } from './manifests.ts'

const service = named(readManifests('service.yaml'), 'Service', 'landfall')

/** Of the project, as the files have it: whoever deploys writes other names over these. */
export const project = /@(.+)\.iam\.gserviceaccount\.com$/.exec(
  textAt(service, 'spec.template.spec.serviceAccountName')
)?.[1]
export const projectNumber = textAt(service, 'metadata.namespace')
export const region = own(at(service, 'metadata.labels'), 'cloud.googleapis.com/location')

/** Where readers come in. */
export const edgeHost = textAt(
  named(readManifests('deploy/edge.yaml'), 'ComputeManagedSSLCertificate', 'landfall'),
  'spec.managed.domains.0'
)

/** What the service has before it is deployed (https://cloud.google.com/run/docs/triggering/https-request). */
export const runHost = `landfall-${projectNumber}.${region}.run.app`
