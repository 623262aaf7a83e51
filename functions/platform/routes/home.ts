import document from '../../../docs/openapi.json' with { type: 'json' }
import type { Home } from '../../../schemas/platform.ts'
import { escaped, icon } from './page.ts'

/** What the stage has, beside what every one has. */
export interface Place {
  readonly stage: string
  /** Of the API, without a slash at its end. */
  readonly url: string
  readonly logins: Home['logins']
  /** Whether it has the API reference. */
  readonly reference: boolean
}

export function home({ stage, url, logins, reference }: Place): Home {
  const isLocal = stage === 'local'
  return {
    name: document.info.title,
    version: document.info.version,
    stage,
    url,
    links: [
      ...(reference ? [{ path: '/docs', title: 'API reference: every route and every event' }] : []),
      { path: '/openapi.json', title: 'The routes as OpenAPI' },
      { path: '/asyncapi.json', title: 'The events as AsyncAPI' },
      { path: '/health', title: 'Whether the API answers' },
      ...(isLocal ? [{ path: '/_local/state', title: 'The local stack: queues, schedules, events, functions' }] : []),
    ],
    logins,
    requests: requests(url, logins),
  }
}

/** Three requests in their order: the first keeps the token that the second sends. */
function requests(url: string, logins: Home['logins']): Home['requests'] {
  const { email, password } = logins[0] ?? { email: 'you@example.com', password: 'your password' }
  const json = `-H 'content-type: application/json'`
  return [
    {
      title: 'Sign in',
      curl: `token=$(curl -s ${url}/sessions ${json} -d '${JSON.stringify({ email, password })}' | sed -E 's/.*"accessToken":"([^"]+)".*/\\1/')`,
    },
    { title: 'See whom the token stands for', curl: `curl -s ${url}/users/me -H "authorization: Bearer $token"` },
    { title: 'List the products, as everybody may', curl: `curl -s '${url}/products?limit=5'` },
  ]
}

export function homePage({ name, version, stage, url, links, logins, requests }: Home, nonce: string): string {
  const rows = logins.map(
    ({ email, password, roles }) =>
      `<tr><td>${escaped(email)}</td><td><code>${escaped(password)}</code></td><td>${escaped(roles.join(', '))}</td></tr>`,
  )
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(name)}</title>
${icon}
<style nonce="${nonce}">${style}</style>
</head>
<body>
<header>
<h1>${escaped(name)}</h1>
<p>An order and inventory backend that never oversells.</p>
<p class="runs"><span></span> version ${escaped(version)}, stage ${escaped(stage)}, at ${escaped(url)}</p>
</header>
<main>
<section><h2>Where everything is</h2><ul>
${links.map(({ path, title }) => `<li><a href="${escaped(path)}">${escaped(path)}</a> ${escaped(title)}</li>`).join('\n')}
</ul></section>
${
  rows.length === 0
    ? ''
    : `<section><h2>Logins</h2><table>
<tr><th scope="col">Email</th><th scope="col">Password</th><th scope="col">Roles</th></tr>
${rows.join('\n')}</table></section>`
}
<section><h2>Three requests to try</h2>
${requests.map(({ title, curl }) => `<h3>${escaped(title)}</h3><pre>${escaped(curl)}</pre>`).join('\n')}
</section>
</main>
</body>
</html>
`
}

const style = `
:root { color-scheme: light dark; --ink: #1c2321; --soft: #5c6b66; --line: #d9e0dd; --card: #fff; --ground: #f5f7f6; --accent: #0b6e4f }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edea; --soft: #93a39d; --line: #2c3733; --card: #18201d; --ground: #101614; --accent: #56c596 } }
* { box-sizing: border-box }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
header, main { max-width: 54rem; margin: 0 auto; padding: 0 1.5rem }
header { padding-top: 3rem }
h1 { margin: 0; font-size: 2.4rem; letter-spacing: -.02em }
h2 { margin: 0 0 .75rem; font-size: 1.05rem }
h3 { margin: 1rem 0 .25rem; font-size: .95rem; font-weight: 500; color: var(--soft) }
p { margin: .25rem 0; color: var(--soft) }
.runs span { display: inline-block; width: .6rem; height: .6rem; margin-right: .35rem; border-radius: 50%; background: var(--accent) }
section { margin: 1.5rem 0; padding: 1.25rem 1.5rem; background: var(--card); border: 1px solid var(--line); border-radius: .75rem }
ul { margin: 0; padding: 0; list-style: none }
li { padding: .2rem 0 } li a { display: inline-block; min-width: 9rem }
a { color: var(--accent); font-family: ui-monospace, monospace; font-size: .95rem }
table { border-collapse: collapse } th, td { padding: .2rem 1.5rem .2rem 0; text-align: left; overflow-wrap: anywhere }
th { font-size: .95rem; font-weight: 500; color: var(--soft) }
@media (max-width: 30rem) { header, main { padding: 0 .75rem } section { padding: 1rem } th, td { padding-right: .5rem } }
code, pre { font: .85rem/1.5 ui-monospace, monospace }
pre { margin: 0; padding: .75rem 1rem; background: var(--ground); border-radius: .5rem; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere }
`
