// Runs in a browser, after swagger-ui-bundle.js.
const dark = matchMedia('(prefers-color-scheme: dark)')
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches)
dark.addEventListener('change', follow)
follow()

const { SwaggerUIBundle } = window
SwaggerUIBundle({
  dom_id: '#viewer',
  url: document.querySelector('#viewer').dataset.url,
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  // Otherwise the document is sent to validator.swagger.io.
  validatorUrl: null,
  // Otherwise a link could show another document under this address.
  queryConfigEnabled: false
})
