/** Markup that is safe to send: what came from files is escaped in it. */
export interface Html {
  readonly html: string
}

type Part = string | number | Html | readonly Html[]

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;'
}

/** Write markup: what is put in is escaped, unless it was written by this function. Pure. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { html: String.raw({ raw: strings }, ...parts.map(write)) }
}

function write(part: Part): string {
  if (typeof part === 'string' || typeof part === 'number') {
    return String(part).replace(/[&<>"']/g, (character) => escapes[character] ?? '')
  }
  return 'html' in part ? part.html : part.map((one) => one.html).join('')
}

/** Write a name with dots, which may break after any of them. Pure. */
export function dotted(name: string): Html {
  const [first = '', ...rest] = name.split('.')
  return html`<code>${first}${rest.map((part) => html`.<wbr>${part}`)}</code>`
}
