const itemsOf = (bytes: number, item: string, open = '[', close = ']'): string => {
  const count = Math.floor((bytes - open.length - close.length) / (item.length + 1))
  return open + Array(count).fill(item).join(',') + close
}

/** Made of as many different texts as fit. */
function textsOf(bytes: number, textOf: (index: number) => string, open = '[', close = ']') {
  const texts: string[] = []
  let left = bytes - open.length - close.length
  for (let index = 0; ; index++) {
    const text = textOf(index)
    left -= Buffer.byteLength(text) + 1
    if (left < 0) return open + texts.join(',') + close
    texts.push(text)
  }
}

const record = (index: number) =>
  JSON.stringify({
    id: `3f2504e0-4f89-11d3-9a0c-${index.toString(16).padStart(12, '0')}`,
    sku: `SKU-${index}`,
    quantity: (index % 9) + 1,
    price: (index % 100_000) / 100,
    name: 'A product with a name of ordinary length, Größe M',
    tags: ['new', 'sale'],
    at: '2026-11-01T10:00:00Z'
  })

/** JSON texts of about so many bytes that are as one expects them. */
export const ordinaryJson: Readonly<Record<string, (bytes: number) => string>> = {
  'records of an order': (bytes) => textsOf(bytes, record),
  'readings of a sensor': (bytes) =>
    textsOf(bytes, (i) => `{"at":"2026-11-01T10:00:00Z","celsius":${(i % 997) / 10}}`),
  'a long text': (bytes) => JSON.stringify('text and Größe '.repeat(Math.floor(bytes / 17))),
  'bytes as base64': (bytes) =>
    JSON.stringify(Buffer.alloc(Math.floor(bytes * 0.7), 7).toString('base64'))
}

/** JSON texts of about so many bytes, each in a form that costs far more to parse than to send. */
export const hostileJson: Readonly<Record<string, (bytes: number) => string>> = {
  'small integers': (bytes) => itemsOf(bytes, '1'),
  'empty strings': (bytes) => itemsOf(bytes, '""'),
  literals: (bytes) => itemsOf(bytes, 'null'),
  'empty arrays': (bytes) => itemsOf(bytes, '[]'),
  'small objects': (bytes) => itemsOf(bytes, '{"a":1}'),
  'deeply nested arrays': (bytes) => itemsOf(bytes, '['.repeat(77) + ']'.repeat(77)),
  'decimals of 17 digits': (bytes) => itemsOf(bytes, '0.12345678901234567'),
  'short decimals': (bytes) => itemsOf(bytes, '0.1'),
  'numbers beyond a double': (bytes) => itemsOf(bytes, '1e400'),
  'integers beyond 2^53': (bytes) => itemsOf(bytes, '9007199254740993'),
  'numbers with exponents': (bytes) => itemsOf(bytes, '1e1'),
  'long numbers that are exact': (bytes) => itemsOf(bytes, '1.25000000000000000'),
  'different strings': (bytes) => textsOf(bytes, (i) => `"s${i}"`),
  'different keys in one object': (bytes) => textsOf(bytes, (i) => `"k${i}":1`, '{', '}'),
  'different keys in many objects': (bytes) => textsOf(bytes, (i) => `{"k${i}":1}`),
  'long keys': (bytes) => textsOf(bytes, (i) => `"${'k'.repeat(1000)}${i}":1`, '{', '}'),
  'one key again and again': (bytes) => itemsOf(bytes, '"a":1', '{', '}'),
  'keys that look like prototypes': (bytes) => itemsOf(bytes, '{"constructor":1}'),
  escapes: (bytes) => `"${'\\u0041'.repeat(Math.floor(bytes / 6))}"`,
  spaces: (bytes) => `[${' '.repeat(bytes - 3)}1]`,
  'as much as the bounds allow': (bytes) => atTheBounds(bytes)
}

/** Below every bound, and nearly all of what they allow together. */
function atTheBounds(bytes: number): string {
  const list = (length: number, item: (index: number) => string) =>
    `[${Array.from({ length }, (_, index) => item(index)).join(',')}]`
  const parts = [
    list(24_000, (i) => `{"k${i}":""}`),
    list(9000, (i) => `0.1000000000000000${(i % 8) + 1}`),
    list(220_000, () => '[]'),
    list(Math.min(440_000, Math.floor((bytes - 2_000_000) / 12)), (i) => `"s${i}"`)
  ]
  return `[${parts.join(',')}]`
}
