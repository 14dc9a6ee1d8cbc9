import { documentPaths as paths } from '../document-paths.ts'
import type { AssetName } from './assets.ts'
import { type Html, html } from './html.ts'

/** Return the URL of an asset, with the hash of its content. */
export type AssetUrl = (name: AssetName) => string

export interface Page {
  readonly title: string
  /** The page itself, among those that the head links to. */
  readonly path: string
  readonly styles: readonly AssetName[]
  readonly scripts: readonly AssetName[]
  /** What is below the head, with its one `main`. */
  readonly content: Html
}

const links = [
  [paths.home, 'Overview'],
  [paths.events, 'Events'],
  [paths.http, 'HTTP API']
] as const

/** Write a page: the head that all pages share, then its content. */
export function page({ title, path, styles, scripts, content }: Page, assetUrl: AssetUrl): string {
  const { html: text } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
${styles.map((name) => html`<link rel="stylesheet" href="${assetUrl(name)}">\n`)}</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
<a class="name" href="${paths.home}">Landfall</a>
<nav aria-label="Documentation">
${links.map(([href, text]) => navLink(href, text, href === path))}</nav>
</header>
<div class="content" id="content" tabindex="-1">
${content}
</div>
${scripts.map((name) => html`<script src="${assetUrl(name)}"></script>\n`)}</body>
</html>
`
  return text
}

function navLink(href: string, text: string, isCurrent: boolean): Html {
  return isCurrent
    ? html`<a href="${href}" aria-current="page">${text}</a>\n`
    : html`<a href="${href}">${text}</a>\n`
}
