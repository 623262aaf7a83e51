import { readFileSync } from 'node:fs'
import { Parser } from '@asyncapi/parser'
import core, { type RulesetDefinition } from '@stoplight/spectral-core'
import parsers from '@stoplight/spectral-parsers'
import rulesets from '@stoplight/spectral-rulesets'
import { root } from './docs/files.ts'
import { redocly } from './redocly.ts'

/** What Spectral, Redocly and the AsyncAPI parser find and stays, each with its reason; a rule that finds nothing here does not stay. */
const accepted: Readonly<Record<string, string>> = {
  'info-contact': 'the team that deploys Holdfast is asked, under no address known here',
  'license-url': 'the license has an identifier, which OpenAPI 3.1 has in place of a URL',
  'operation-description': 'a summary, and a description of every field and answer, are enough',
  'oas3-parameter-description': 'sku and id in a path are described by their schemas',
  'oas3-valid-schema-example': 'takes the field `default` of an address in an example for a keyword of a schema',
  'oas3-operation-security-defined': 'OpenAPI 3.1 allows roles here for every kind of security; Spectral knows 3.0',
  'no-server-example.com': 'the local stack is one of the servers',
  'array-items': 'a tuple has prefixItems in place of items in OpenAPI 3.1; Spectral knows 3.0',
  'asyncapi-latest-version': 'readers know 3.0, and few a later one',
}

const read = (file: string): string => readFileSync(new URL(`docs/${file}`, root), 'utf8')

const spectral = new core.Spectral()
// A ruleset of Spectral's own is typed without `extends`, which only one of its forms has.
spectral.setRuleset({ extends: [[rulesets.oas as RulesetDefinition, 'all']] })
const [byRedocly, routes, { diagnostics }] = await Promise.all([
  redocly('lint', 'docs/openapi.json', '--extends', 'recommended-strict', '--format', 'json').then(problemsIn),
  spectral.run(new core.Document(read('openapi.json'), parsers.Json, 'openapi.json')),
  new Parser().parse(read('asyncapi.json')),
])
const findings = [...byRedocly, ...routes, ...diagnostics]
const unknown = findings.filter(({ code }) => !Object.hasOwn(accepted, code))
const idle = Object.keys(accepted).filter((rule) => !findings.some(({ code }) => code === rule))
for (const { code, path, message } of unknown) console.error(`${code} at ${path.join('.')}: ${message}`)
for (const rule of idle) console.error(`${rule}: accepted, and found no more`)
process.exitCode = unknown.length + idle.length === 0 ? 0 : 1

interface Report {
  readonly problems: readonly {
    readonly ruleId: string
    readonly message: string
    readonly location: readonly { readonly pointer: string }[]
  }[]
}

function problemsIn(report: string) {
  const { problems } = JSON.parse(report) as Report
  return problems.map(({ ruleId, message, location }) => ({
    code: ruleId,
    path: [location[0]?.pointer ?? ''],
    message,
  }))
}
