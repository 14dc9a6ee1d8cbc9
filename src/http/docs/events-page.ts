import type { Contracts } from '../../contracts/contracts.ts'
import { type DescribedEvent, describeEvents } from '../../contracts/describe-events.ts'
import { messageView } from '../../contracts/pubsub-message.ts'
import { deliveryPaths } from '../deliver/routes.ts'
import { documentPaths as paths } from '../document-paths.ts'
import { type Field, fieldsOf } from './fields.ts'
import { dotted, type Html, html } from './html.ts'
import type { Page } from './page.ts'

/** Write the page of the event types: what each does, its data, and how to publish it. */
export function eventsPage(contracts: Contracts): Page {
  const events = describeEvents(contracts)
  return {
    title: 'Events · Landfall',
    path: paths.events,
    styles: ['docs.css'],
    scripts: [],
    content: html`<main>
<h1>Events</h1>
<p class="lead">The events you can publish. <code>source</code> and <code>id</code> identify an event: sent again,
it takes effect only once. The same content as AsyncAPI: <a href="${paths.asyncApi}">${paths.asyncApi}</a>.</p>
<nav aria-label="Event types" class="toc">
<ul>
${events.map(({ name, file }) => html`<li><a href="#${name}">${dotted(file.type)}</a></li>\n`)}</ul>
</nav>
${events.map(eventSection)}</main>`
  }
}

function eventSection(event: DescribedEvent): Html {
  const { name, file, description, effects } = event
  const resource = file.match?.subscription ?? file.match?.topic
  return html`<section class="event" aria-labelledby="${name}">
<h2 id="${name}">${dotted(file.type)}</h2>
<p>${description}</p>
${resource === undefined ? [] : html`<p>A Pub/Sub message from <code>${resource}</code>.</p>\n`}<ul class="effects">
${effects.length > 0 ? effects.map((effect) => html`<li>${effect}</li>\n`) : html`<li>changes nothing</li>\n`}</ul>
${dataTable(event)}${file.examples?.[0] ? publishing(event) : []}
</section>
`
}

function dataTable({ file: { data } }: DescribedEvent): Html {
  if (data === undefined) return html`<p>Any data is accepted.</p>\n`
  const fields = fieldsOf(data)
  return html`<h3>Data</h3>
${fields.length > 0 ? fieldTable(fields) : []}<details><summary>JSON Schema</summary>
<pre tabindex="0"><code>${JSON.stringify(data, null, 2)}</code></pre></details>
`
}

function fieldTable(fields: readonly Field[]): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Members of the data">
<table>
<thead><tr><th scope="col">Member</th><th scope="col">Type</th><th scope="col">Description</th></tr></thead>
<tbody>
${fields.map(fieldRow)}</tbody>
</table>
</div>
`
}

function fieldRow({ path, type, required, description, limits }: Field): Html {
  const badge = required ? html` <span class="badge">required</span>` : []
  const said = description === '' ? [] : html`${description} `
  const limited = limits.map((limit) => html`<span class="limit">${limit}</span> `)
  return html`<tr><th scope="row"><code>${path}</code>${badge}</th><td>${type}</td><td>${said}${limited}</td></tr>
`
}

function publishing(event: DescribedEvent): Html {
  const [first] = event.file.examples ?? []
  if (!first) return html``
  const isMessage = event.isMessage
  const shown = isMessage ? (messageView(first).event['data'] ?? null) : first
  const text = quote(JSON.stringify(shown))
  const attribute = isMessage
    ? ''
    : " \\\n  --attribute='content-type=application/cloudevents+json'"
  return html`<h3>Example</h3>
<pre tabindex="0"><code>${JSON.stringify(shown, null, 2)}</code></pre>
<details><summary>Publish it</summary>
<p>To a Pub/Sub topic:</p>
<pre tabindex="0"><code>gcloud pubsub topics publish TOPIC${attribute} \\
  --message=${text}</code></pre>
${isMessage ? [] : toTheService(text)}</details>
`
}

function toTheService(text: string): Html {
  return html`<p>To the service; with <code>?dryRun=true</code> it validates the event and writes nothing:</p>
<pre tabindex="0"><code>curl "$LANDFALL${deliveryPaths.deliver}" -H 'content-type: application/cloudevents+json' \\
  -d ${text}</code></pre>
`
}

/** Quote text for a shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
