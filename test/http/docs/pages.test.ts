import { expect, test } from 'vitest'
import type { Contracts } from '../../../src/contracts/contracts.ts'
import { eventsPage } from '../../../src/http/docs/events-page.ts'
import { homePage } from '../../../src/http/docs/home-page.ts'
import { readContracts } from '../../../src/read-schemas.ts'
import { compile, things } from '../../contracts/schema-sets.ts'
import { openApp } from '../open-app.ts'

const shipped = await readContracts('schemas')

const dataOf = { type: 'object', required: ['id'], properties: { id: { type: 'string' } } }

function withEvent(event: Readonly<Record<string, unknown>>): Contracts {
  return compile({ collections: { things }, events: { event } })
}

test('the overview links to every event type and to every collection', async () => {
  const { html } = homePage(shipped).content
  for (const { type } of shipped.events) expect(html).toContain(`href="/docs/events#${type}"`)
  for (const { read } of shipped.collections) expect(html).toContain(`GET /api/v1/${read?.path}<`)
})

test('the links of the overview have targets', async () => {
  const { app } = await openApp()
  const links = [...homePage(shipped).content.html.matchAll(/href="([^"]+)"/g)].map(
    ([, href]) => href
  )
  const events = (await app.inject('/docs/events')).body
  const { paths } = (await app.inject('/openapi.json')).json()
  const operations = Object.values<{ get?: { tags: string[]; operationId: string } }>(paths)
  const places = operations.flatMap(({ get }) =>
    get ? [`/${get.tags[0]}/${get.operationId}`] : []
  )
  expect(links.length).toBeGreaterThan(10)
  for (const link of links) {
    const [path = '', place] = (link ?? '').split('#')
    expect((await app.inject(path)).statusCode, link).toBe(200)
    if (path === '/docs/events') expect(events).toContain(`id="${place}"`)
    if (path === '/docs/http') expect(places).toContain(place)
  }
})

test('an event is shown with its effects, its members, and how to publish it', () => {
  const { html } = eventsPage(shipped).content
  expect(html).toContain('<li>adds to a sum of daily_sales, for each of /data/lines</li>')
  expect(html).toContain('<code>lines[].sku</code> <span class="badge">required</span>')
  expect(html).toContain('gcloud pubsub topics publish TOPIC')
  expect(html).toContain('curl &quot;$LANDFALL/events&quot;'.replaceAll('&quot;', '"'))
})

test('texts of contracts are shown as text, even when they look like markup', () => {
  const evil = '</code><script>alert(1)</script>'
  const { html } = eventsPage(
    withEvent({
      type: `thing.${evil}`,
      description: evil,
      data: { ...dataOf, properties: { id: { type: 'string', description: evil, pattern: '<' } } },
      writes: []
    })
  ).content
  expect(html).not.toContain('<script>')
  expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
})

test('a quote in an example cannot end the quotes of the shell', () => {
  const { html } = eventsPage(
    withEvent({
      type: 'thing',
      data: dataOf,
      writes: [],
      examples: [{ specversion: '1.0', id: '1', source: 's', type: 'thing', data: { id: "a'b" } }]
    })
  ).content
  expect(html).toContain(String.raw`a&#39;\&#39;&#39;b`)
})

test('a contract without data or writes is described as such', () => {
  const { html } = eventsPage(withEvent({ type: 'thing', writes: [] })).content
  expect(html).toContain('<li>changes nothing</li>')
  expect(html).toContain('Any data is accepted.')
})
