import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Refuse } from '../../runtime/errors.ts'
import type { Answer } from '../../runtime/answer.ts'
import { icon, page } from './page.ts'

/** Where the bundle has the files of Scalar's API reference, each compressed: `<version>/standalone.esm.js.gz` and more. */
const folder = join(import.meta.dirname, 'reference')

/** Every style element of Scalar gets the nonce of the page; by itself Scalar gives it to one of them. */
const script = (version: string): string => `const { content } = document.querySelector('meta[property=csp-nonce]')
const create = document.createElement.bind(document)
document.createElement = (name, options) => {
  const element = create(name, options)
  if (element.localName === 'style') element.nonce = content
  return element
}
const { createApiReference } = await import('./${version}/standalone.esm.js')
createApiReference('#reference', {
  sources: [
    { title: 'Routes', slug: 'routes', url: '/openapi.json', default: true },
    { title: 'Events', slug: 'events', url: '/asyncapi.json' },
  ],
  servers: [{ url: location.origin }],
  withDefaultFonts: false,
  telemetry: false,
  hideClientButton: true,
  showDeveloperTools: 'never',
  agent: { disabled: true },
  mcp: { disabled: true },
})
`

/** Scripts are of this API alone and never made from text; style elements carry the nonce. */
const policy = (nonce: string): readonly string[] => [
  "script-src 'self'",
  `style-src-elem 'nonce-${nonce}'`,
  "style-src-attr 'unsafe-inline'",
  "font-src 'self'",
  "connect-src 'self'",
]

export const referencePage = (): Answer<never> =>
  page(
    (nonce) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta property="csp-nonce" content="${nonce}">
<title>Holdfast: API reference</title>
${icon}
</head>
<body>
<main id="reference"></main>
<script type="module" src="/docs/start.js"></script>
</body>
</html>
`,
    policy,
  )

const javascript = { 'content-type': 'text/javascript; charset=utf-8' }

/** A script of the reference: Scalar's stay as they are under their version; the one that starts it may change with every deployment. */
export function referenceFile(file: string, acceptEncoding = '', refuse: Refuse<'route_not_found'>): Answer<never> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  if (file === 'start.js') {
    const [version = ''] = files
    return { content: script(version), headers: { ...javascript, 'cache-control': 'no-cache' } }
  }
  if (!files.includes(`${file}.gz`)) throw refuse('route_not_found', `There is no file /docs/${file}.`)
  const bytes = readFileSync(join(folder, `${file}.gz`))
  const headers = { ...javascript, 'cache-control': 'public, max-age=31536000, immutable', vary: 'accept-encoding' }
  return /\bgzip\b/.test(acceptEncoding)
    ? { content: bytes, headers: { ...headers, 'content-encoding': 'gzip' } }
    : { content: gunzipSync(bytes), headers }
}
