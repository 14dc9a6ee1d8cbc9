import { type Contracts, isReadable, type ReadableCollection } from '../../contracts/contracts.ts'
import { type DescribedEvent, describeEvents } from '../../contracts/describe-events.ts'
import { documentPaths as paths } from '../document-paths.ts'
import { operationIds, tagOf } from '../openapi/read-paths.ts'
import { collectionUrl } from '../read/routes.ts'
import { dotted, type Html, html } from './html.ts'
import type { Page } from './page.ts'

/** Write the page that links both documents: events to publish, and rows to read. */
export function homePage(contracts: Contracts): Page {
  const collections = contracts.collections.filter(isReadable)
  return {
    title: 'Landfall',
    path: paths.home,
    styles: ['docs.css'],
    scripts: [],
    content: html`<main>
<h1>Events in, rows out</h1>
<p class="lead">Publish a CloudEvent to Pub/Sub, or send it to the service. Landfall checks it against its
contract and writes it to a table, once. Read the rows over HTTP.</p>
<section aria-labelledby="publish">
<h2 id="publish">Publish events</h2>
<dl class="list">
${describeEvents(contracts).map(eventEntry)}</dl>
</section>
<section aria-labelledby="read">
<h2 id="read">Read rows</h2>
<dl class="list">
${collections.map(collectionEntry)}</dl>
</section>
<section aria-labelledby="machines">
<h2 id="machines">For tools</h2>
<dl class="list">
<dt><a href="${paths.openApi}">${paths.openApi}</a></dt>
<dd>OpenAPI 3.1: generate a client, or import it into an API tool.</dd>
<dt><a href="${paths.asyncApi}">${paths.asyncApi}</a></dt>
<dd>AsyncAPI 3.0: every event with the JSON Schema of its data.</dd>
</dl>
</section>
</main>`
  }
}

function eventEntry({ name, file, description }: DescribedEvent): Html {
  return html`<dt><a href="${paths.events}#${name}">${dotted(file.type)}</a></dt>
<dd>${description}</dd>
`
}

/** The viewer opens an operation by its tag and its name. */
function collectionEntry(collection: ReadableCollection): Html {
  return html`<dt><a href="${paths.http}#/${tagOf(collection)}/${operationIds(collection).list}"><code>GET ${collectionUrl(collection)}</code></a></dt>
<dd>${collection.description}</dd>
`
}
