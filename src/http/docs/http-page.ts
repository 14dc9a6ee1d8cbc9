import { html } from './html.ts'
import type { Page } from './page.ts'
import { documentPaths as paths } from './paths.ts'

/** The page with the viewer of the OpenAPI document. */
export const httpPage: Page = {
  title: 'HTTP API · Landfall',
  path: paths.http,
  styles: ['swagger-ui.css', 'docs.css', 'viewer.css'],
  scripts: ['swagger-ui-bundle.js', 'viewer.js'],
  // The viewer brings a `main` of its own.
  content: html`<h1>HTTP API</h1>
<div id="viewer" data-url="${paths.openApi}">
<noscript><p>The viewer needs JavaScript. The document itself is
<a href="${paths.openApi}">${paths.openApi}</a>.</p></noscript>
</div>`
}
