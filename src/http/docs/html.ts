/** Markup that is safe to send: text from files is escaped. */
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

/** Write markup; every value is escaped, except markup that this function wrote. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { html: String.raw({ raw: strings }, ...parts.map(write)) }
}

function write(part: Part): string {
  if (typeof part === 'string' || typeof part === 'number') {
    return String(part).replace(/[&<>"']/g, (character) => escapes[character] ?? '')
  }
  return 'html' in part ? part.html : part.map((one) => one.html).join('')
}

/** Write a dotted name that may break after each dot. */
export function dotted(name: string): Html {
  const [first = '', ...rest] = name.split('.')
  return html`<code>${first}${rest.map((part) => html`.<wbr>${part}`)}</code>`
}
