import { expect, test } from 'vitest'
import { dotted, html } from '../../../src/http/docs/html.ts'

test('values in markup are escaped, in text and in attributes', () => {
  const evil = `<script>"'&`
  expect(html`<a title="${evil}">${evil}</a>`.html).toBe(
    '<a title="&lt;script&gt;&quot;&#39;&amp;">&lt;script&gt;&quot;&#39;&amp;</a>'
  )
})

test('markup in markup is not escaped, alone and in lists', () => {
  const items = ['<a>', 'b'].map((text) => html`<li>${text}</li>`)
  expect(html`<ul>${items}</ul>${html`<hr>`}${7}${[]}`.html).toBe(
    '<ul><li>&lt;a&gt;</li><li>b</li></ul><hr>7'
  )
})

test('a name may break after its dots', () => {
  expect(dotted('a.<b>').html).toBe('<code>a.<wbr>&lt;b&gt;</code>')
})
