import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { Parser } from '@asyncapi/parser'
import { describe, expect, it } from 'vitest'
import { examples } from '../../bin/docs/examples.ts'
import { root, stale } from '../../bin/docs/files.ts'
import { withSection } from '../../bin/docs/section.ts'
import { routes } from '../../schemas/client.ts'
import { type RouteContract, codesOf } from '../../schemas/contract.ts'
import { problems } from '../../schemas/problems.ts'
import { allEvents } from '../../schemas/topology.ts'

const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')

it('finds every generated document as `npm run docs` would make it', async () => {
  expect((await stale()).map(({ path }) => path)).toEqual([])
})

describe('asyncapi.json', () => {
  it('is a valid AsyncAPI 3.0 document', async () => {
    const { document, diagnostics } = await new Parser().parse(read('docs/asyncapi.json'))
    const broken = diagnostics.filter(({ code }) => code !== 'asyncapi-latest-version')
    expect(broken.map(({ message, path }) => ({ message, path }))).toEqual([])
    expect(document?.version()).toBe('3.0.0')
    expect(document?.channels().get('bus')?.messages()).toHaveLength(allEvents.length)
  })
})

const contracts = Object.entries<RouteContract>(routes)

interface Parameter {
  readonly in: string
  readonly name: string
}

interface Reference {
  readonly $ref: string
}

interface Operation {
  readonly operationId: string
  readonly security: readonly unknown[]
  readonly parameters?: readonly (Parameter | Reference)[]
  readonly responses: Readonly<Record<string, { readonly $ref?: string; readonly headers?: object }>>
}

interface Response {
  readonly headers?: object
  readonly content?: Readonly<Record<string, { readonly schema: Reference | { readonly anyOf: readonly Reference[] } }>>
}

interface OfCode {
  readonly allOf: readonly [Reference, { readonly properties: { readonly code: { readonly enum: readonly [string] } } }]
}

/** A keyword of what gets a name where it is used often. */
const ofNamed: ReadonlySet<string> = new Set(['properties', 'enum', 'pattern', 'anyOf', 'oneOf', 'in'])

/** Every object of a document but those of examples and references, with the key that its holder stands under. */
function* objectsIn(node: object, holder = '', key = ''): Generator<[string, Readonly<Record<string, unknown>>]> {
  if (key === 'example' || '$ref' in node) return
  if (!Array.isArray(node)) yield [holder, node as Readonly<Record<string, unknown>>]
  for (const [name, child] of Object.entries(node))
    if (typeof child === 'object' && child !== null) yield* objectsIn(child, key, name)
}

describe('openapi.json', () => {
  const text = read('docs/openapi.json')
  const document = JSON.parse(text) as {
    paths: Record<string, Record<string, Operation>>
    components: {
      schemas: Record<string, unknown>
      responses: Record<string, Response>
      parameters: Record<string, Parameter>
    }
  }
  const nameIn = ({ $ref }: Reference): string => $ref.split('/').at(-1)!
  const codeOf = (problem: Reference): string =>
    (document.components.schemas[nameIn(problem)] as OfCode).allOf[1].properties.code.enum[0]
  const parameterOf = (each: Parameter | Reference): Parameter =>
    '$ref' in each ? document.components.parameters[nameIn(each)]! : each
  const operations = new Map(
    Object.values(document.paths)
      .flatMap((path) => Object.values(path))
      .map((operation) => [operation.operationId, operation]),
  )

  it('describes every route, under the name that the client calls it', () => {
    expect([...operations.keys()].toSorted()).toEqual(Object.keys(routes).toSorted())
  })

  it('resolves every reference', () => {
    const refs = [...text.matchAll(/"\$ref": "#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name!)
    expect(refs.length).toBeGreaterThan(0)
    expect(refs.filter((name) => !(name in document.components.schemas))).toEqual([])
  })

  it('names what stands in more than three places: shapes, choices, patterns, parameters and headers', () => {
    const places = new Map<string, number>()
    for (const [holder, { description: _, ...node }] of objectsIn(document)) {
      // The `id` of a path is another thing in each.
      const isNamed = holder === 'headers' || Object.keys(node).some((word) => ofNamed.has(word))
      if (!isNamed || node['in'] === 'path') continue
      const known = JSON.stringify(node)
      places.set(known, (places.get(known) ?? 0) + 1)
    }
    expect(places.size).toBeGreaterThan(100)
    expect([...places].filter(([, count]) => count > 3)).toEqual([])
  })

  it('takes JSON for no text', () => {
    expect(text).not.toMatch(/"application\/json": \{\s*"schema": \{\s*"type": "string"/)
  })

  it('lets answers grow, and requests not', () => {
    const { Order, OrderInput } = document.components.schemas
    expect(Order).not.toHaveProperty('additionalProperties')
    for (const choice of (OrderInput as { oneOf: object[] }).oneOf)
      expect(choice).toHaveProperty('additionalProperties', false)
  })

  it('asks for a token exactly where a route is not open', () => {
    const open = contracts.filter(([name]) => operations.get(name)?.security.length === 0)
    expect(open).toEqual(contracts.filter(([, { who }]) => who === 'open'))
  })

  it.each(contracts)('declares the headers and the conditions of %s', (name, route) => {
    const { parameters = [], responses } = operations.get(name)!
    const sent = new Set(
      parameters
        .map(parameterOf)
        .filter((each) => each.in === 'header')
        .map((each) => each.name),
    )
    const isRead = route.method === 'GET' && route.answer.body !== undefined
    expect(sent.has('If-None-Match')).toBe(isRead)
    expect('304' in responses).toBe(isRead)
    expect(sent.has('If-Match')).toBe('412' in responses)
    const headersOf = (status: number | string): readonly string[] => {
      const { $ref, ...inline } = responses[status]!
      const { headers = {} } = $ref === undefined ? inline : document.components.responses[$ref.split('/').at(-1)!]!
      return Object.keys(headers)
    }
    for (const status of Object.keys(responses)) expect(headersOf(status)).toContain('Apigw-Requestid')
    expect(headersOf(route.answer.status)).toContain('Cache-Control')
    expect(headersOf(route.answer.status).includes('Location')).toBe(route.answer.status === 201)
    expect(headersOf(503)).toContain('Retry-After')
    if ('401' in responses) expect(headersOf(401)).toContain('WWW-Authenticate')
  })

  it.each(contracts)('lists every problem of %s under its status', (name, route) => {
    const { responses } = operations.get(name)!
    const listed = Object.entries(responses).flatMap(([status, { $ref }]) => {
      const { content } = document.components.responses[$ref?.split('/').at(-1) ?? ''] ?? {}
      const { schema } = content?.['application/problem+json'] ?? {}
      const choices = schema === undefined ? [] : '$ref' in schema ? [schema] : schema.anyOf
      return choices.map((choice) => `${status} ${codeOf(choice)}`)
    })
    expect(listed.toSorted()).toEqual(
      codesOf(route)
        .map((code) => `${problems[code].status} ${code}`)
        .toSorted(),
    )
  })
})

describe('the examples', () => {
  const named = Object.entries(examples).map(([name, example]) => {
    const route: RouteContract = routes[name as keyof typeof routes]
    return { name, route, ...example }
  })

  it.each(named.filter(({ route }) => route.body))('of what $name is asked are allowed', ({ route, request }) => {
    expect(route.body?.safeParse(request).error).toBeUndefined()
  })

  it.each(named.filter(({ answer }) => answer))('of what $name answers are true', ({ route, answer }) => {
    expect(route.answer.body?.safeParse(answer).error).toBeUndefined()
  })

  it.each(named.filter(({ route }) => route.text))('of $name cover each of its media types', ({ route, request }) => {
    expect(Object.keys(request as object)).toEqual(route.text)
  })

  it.each(contracts)('exist for what %s is asked and answers', (name, route) => {
    const { request, answer } = examples[name] ?? {}
    expect({ request: request !== undefined, answer: answer !== undefined }).toEqual({
      request: route.body !== undefined || route.text !== undefined,
      answer: route.answer.body !== undefined,
    })
  })
})

describe('the written documents', () => {
  const documents = [
    'README.md',
    'CONTRIBUTING.md',
    ...readdirSync(new URL('docs/', root)).map((file) => `docs/${file}`),
  ].filter((path) => path.endsWith('.md') && existsSync(new URL(path, root)))

  it.each(documents)('%s links only to files that exist', (path) => {
    const targets = [...read(path).matchAll(/\]\(([^)#]+)[^)]*\)/g)].map(([, target]) => target!)
    const local = targets.filter((target) => !/^[a-z]+:/.test(target))
    expect(local.filter((target) => !existsSync(new URL(target, new URL(path, root))))).toEqual([])
  })

  it.each(documents)('%s names only files that exist', (path) => {
    const named = [...read(path).matchAll(/`((?:bin|functions|lib|localstack|schemas|test)\/[\w./-]+\.\w+)`/g)]
    expect(named.map(([, file]) => file!).filter((file) => !existsSync(new URL(file, root)))).toEqual([])
  })

  it('refuse to lose a generated section', () => {
    expect(() => withSection('# Title', 'picture', 'x')).toThrow('<!-- picture -->')
    expect(withSection('a\n<!-- x -->\nold\n<!-- /x -->\nb', 'x', 'new')).toBe('a\n<!-- x -->\n\nnew\n\n<!-- /x -->\nb')
  })
})

describe('the decisions', () => {
  const decisions = read('docs/decisions.md')
    .split(/^## /m)
    .slice(1)
    .map(
      (text) =>
        /^(\d+) · .+\n\n(\d{4}-\d\d-\d\d) · (accepted|(?:replaced|amended) by (\d+(?:, \d+)*))\n/.exec(text) ?? text,
    )

  it('have a number, a date and a status each, the newest first', () => {
    expect(decisions.filter((each) => typeof each === 'string')).toEqual([])
    expect(decisions.map(([, number]) => Number(number))).toEqual(decisions.map((_, index) => decisions.length - index))
    const dates = decisions.map(([, , date]) => date!)
    expect(dates).toEqual(dates.toSorted().toReversed())
  })

  it('are replaced and amended by later ones', () => {
    for (const [, number, , , later = ''] of decisions)
      for (const each of later.split(', ').filter(Boolean)) {
        expect(Number(each)).toBeGreaterThan(Number(number))
        expect(Number(each)).toBeLessThanOrEqual(decisions.length)
      }
  })
})

describe('the glossary', () => {
  const sections = read('docs/glossary.md')
    .split(/^## /m)
    .slice(1)
    .map((section) =>
      section
        .split('\n')
        .filter((line) => line.startsWith('|'))
        .slice(2),
    )
  const wordOf = (line: string): string => line.split('|')[1]!.trim()

  it('gives each word one sentence, and a file that exists', () => {
    const isEntry = (line: string): boolean => {
      const [, text, target] = /^\| \S.*? +\| [^|]+\. +\| \[([^\]]+)\]\(\.\.\/([^)]+)\) *\|$/.exec(line) ?? []
      return text !== undefined && text === target && existsSync(new URL(text, root))
    }
    expect(sections.flat().length).toBeGreaterThan(100)
    expect(sections.flat().filter((line) => !isEntry(line))).toEqual([])
  })

  it('has its words in order within each section, and each once', () => {
    const words = sections.map((section) => section.map((line) => wordOf(line).toLowerCase()))
    expect(words).toEqual(words.map((section) => section.toSorted()))
    expect(new Set(words.flat()).size).toBe(words.flat().length)
  })
})
