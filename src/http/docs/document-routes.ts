import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import manifest from '../../../package.json' with { type: 'json' }
import type { Contracts } from '../../contracts/contracts.ts'
import { Failure } from '../../failures.ts'
import { deliveryPaths } from '../deliver/routes.ts'
import { documentPaths as paths } from '../document-paths.ts'
import type { AccessModes } from '../openapi/access.ts'
import { type AssetName, isAsset, readAsset } from './assets.ts'
import { html } from './html.ts'
import { type Page, page } from './page.ts'
import { type Representation, represent, sendRepresentation } from './representation.ts'

export interface DocumentRoutesOptions {
  readonly contracts: Contracts
  readonly access: AccessModes
}

/** A page loads nothing from other origins, and has no inline scripts or styles. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  // The viewer's style sheet embeds its icons.
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'"
].join('; ')

const json = 'application/json; charset=utf-8'
const revalidated = 'public, no-cache'
const forever = 'public, max-age=31536000, immutable'

const mediaTypes: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  txt: 'text/plain; charset=utf-8'
}

/**
 * Serve both documents, and pages that show them, to every caller: they hold no rows and never read
 * the store. Each is built at its first request, so that it costs no startup time.
 */
export async function documentRoutes(
  app: FastifyInstance,
  { contracts, access }: DocumentRoutesOptions
): Promise<void> {
  const { version } = manifest
  const documents = {
    [paths.openApi]: async () => {
      const { openApiDocument } = await import('../openapi/document.ts')
      return openApiDocument(contracts, { version, access })
    },
    [paths.asyncApi]: async () => {
      const { asyncApiDocument } = await import('../../contracts/asyncapi/document.ts')
      return asyncApiDocument(contracts, { version, address: deliveryPaths.deliver })
    }
  }
  for (const [path, write] of Object.entries(documents)) {
    serve(app, path, async () => represent(json, JSON.stringify(await write())))
  }
  const pages: Readonly<Record<string, () => Promise<Page>>> = {
    [paths.home]: async () => (await import('./home-page.ts')).homePage(contracts),
    [paths.events]: async () => (await import('./events-page.ts')).eventsPage(contracts),
    [paths.http]: async () => httpPage
  }
  app.register(async (scope) => {
    scope.addHook('onSend', async (_request, reply) => {
      reply.header('content-security-policy', contentSecurityPolicy)
      reply.header('referrer-policy', 'no-referrer')
    })
    const assetOf = memoize(loadAsset)
    for (const [path, make] of Object.entries(pages)) {
      serve(scope, path, async () => renderPage(await make(), assetOf))
    }
    scope.get<{ Params: { name: string } }>(`${paths.assets}/:name`, (request, reply) =>
      sendAsset(request, reply, assetOf)
    )
  })
}

function serve(app: FastifyInstance, path: string, make: () => Promise<Representation>): void {
  const made = memoize((_path: string) => make())
  app.get(path, async (request, reply) =>
    sendRepresentation(request, reply, await made(path), revalidated)
  )
}

type AssetOf = (name: AssetName) => Promise<Representation>

async function loadAsset(name: AssetName): Promise<Representation> {
  const type = mediaTypes[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream'
  return represent(type, await readAsset(name))
}

async function renderPage(made: Page, assetOf: AssetOf): Promise<Representation> {
  const names = [...made.styles, ...made.scripts]
  const urls = new Map<AssetName, string>()
  for (const name of names) {
    urls.set(name, `${paths.assets}/${name}?v=${(await assetOf(name)).hash}`)
  }
  return represent(
    'text/html; charset=utf-8',
    page(made, (name) => urls.get(name) ?? '')
  )
}

/**
 * During a rollout, a page of one revision may request an asset from another revision, which serves
 * its own version.
 */
async function sendAsset(
  request: FastifyRequest<{ Params: { name: string } }>,
  reply: FastifyReply,
  assetOf: AssetOf
): Promise<FastifyReply> {
  const { name } = request.params
  if (!isAsset(name)) throw new Failure('ROUTE_NOT_FOUND', 'there is no such route')
  const asset = await assetOf(name)
  const isThisVersion = request.url.endsWith(`?v=${asset.hash}`)
  return sendRepresentation(request, reply, asset, isThisVersion ? forever : revalidated)
}

/** Call `make` once for each key; a failed call is not remembered. */
function memoize<K, V>(make: (key: K) => Promise<V>): (key: K) => Promise<V> {
  const made = new Map<K, Promise<V>>()
  return (key) => {
    const found = made.get(key) ?? make(key)
    made.set(key, found)
    found.catch(() => made.delete(key))
    return found
  }
}

/** The page with the viewer of the OpenAPI document. */
const httpPage: Page = {
  title: 'HTTP API · Landfall',
  path: paths.http,
  styles: ['swagger-ui.css', 'docs.css', 'viewer.css'],
  scripts: ['swagger-ui-bundle.js', 'viewer.js'],
  // The viewer renders its own `main`.
  content: html`<h1>HTTP API</h1>
<div id="viewer" data-url="${paths.openApi}">
<noscript><p>The viewer needs JavaScript. The document itself is
<a href="${paths.openApi}">${paths.openApi}</a>.</p></noscript>
</div>`
}
