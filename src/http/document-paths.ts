/** Where the documents are, for machines and for people. */
export const documentPaths = {
  openApi: '/openapi.json',
  asyncApi: '/asyncapi.json',
  home: '/docs',
  http: '/docs/http',
  events: '/docs/events',
  assets: '/docs/assets'
} as const
