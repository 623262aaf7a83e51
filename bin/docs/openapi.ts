import * as z from 'zod'
import {
  type CreateDocumentOptions,
  type ZodOpenApiObject,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  createDocument,
} from 'zod-openapi'
import { routes } from '../../schemas/client.ts'
import { type RouteContract, codesOf } from '../../schemas/contract.ts'
import type { Deprecation } from '../../schemas/deprecation.ts'
import * as platform from '../../schemas/platform.ts'
import { type ProblemCode, problems } from '../../schemas/problems.ts'
import { Country, countries } from '../../schemas/countries.ts'
import { currencies } from '../../schemas/currencies.ts'
import { Currency, Problem } from '../../schemas/shared.ts'
import { own } from '../../schemas/own.ts'
import { topology } from '../../schemas/topology.ts'
import { spellOut } from './choice.ts'
import { webhooks } from './webhooks.ts'
import { examples } from './examples.ts'
import {
  answerHeadersOf,
  hasTag,
  headersOfGateway,
  headersOfKnown,
  refusalHeadersOf,
  requestHeadersOf,
} from './headers.ts'

/** What the gateway answers by itself, before or in place of a service. */
const ofGateway = {
  'application/json': { schema: z.object({ message: z.string() }).meta({ id: 'GatewayError' }) },
}
const ofGatewayItself = {
  id: 'Gateway',
  description: 'Of the gateway itself.',
  headers: headersOfGateway,
  content: ofGateway,
}
const gatewayStatuses: ReadonlySet<number> = new Set([400, 404, 413, 429, 500, 503])

const tags: Readonly<Record<keyof typeof topology | 'platform', string>> = {
  analytics: 'Reports: orders and money by day, and what sells.',
  audit: 'What operators and API keys did.',
  catalog: 'Categories and products.',
  inventory: 'Warehouses, levels of stock, and reservations without an order.',
  notifications: 'The inbox of each user.',
  orders: 'Orders: placing, cancelling, approving.',
  payments: 'Payments, refunds and wallets.',
  platform: 'What runs here, and how it is described.',
  shipping: 'Parcels.',
  users: 'Accounts, sessions and addresses.',
}

/** The OpenAPI 3.1 description of the whole API. */
export function openapi(version: string) {
  const document: ZodOpenApiObject = {
    openapi: '3.1.1',
    info: {
      title: 'Holdfast',
      version,
      description:
        'An order and inventory backend that never oversells. Errors are problems of RFC 9457 with a stable `code`. Lists page with `limit` and `cursor`. Every `GET` has its `HEAD`. Texts are kept in normalization form C. A text that is entered has something in it that can be seen, and no control characters; names, references and lines of an address are one line, and reasons, notes and descriptions may have tabs and line breaks. Lengths of texts count code points of Unicode, of which some emoji have several.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [
      { url: 'http://localhost:4000', description: 'The local stack (npm start)' },
      {
        url: 'https://{api}.execute-api.{region}.amazonaws.com',
        description: 'A stage on AWS: the output `ApiUrl` of its platform stack',
        variables: { api: { default: 'a1b2c3d4e5' }, region: { default: 'eu-west-1' } },
      },
    ],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths: paths(),
    webhooks: webhooks(),
    components: {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description:
            'The accessToken of `POST /sessions`, or an API key (`hfk_...`). Scopes belong to roles and keys: `docs/access.md`.',
        },
      },
    },
  }
  return createDocument(document, { override: open })
}

/** The description is as strict as the server. Answers may get further fields, so that who reads them must not refuse any. */
const open: NonNullable<CreateDocumentOptions['override']> = ({ zodSchema, jsonSchema, io }) => {
  const isOpen = zodSchema instanceof z.ZodObject && zodSchema.def.catchall === undefined
  if (io === 'output' && isOpen) delete jsonSchema.additionalProperties
  if (zodSchema === Currency) jsonSchema.enum = [...currencies.keys()]
  if (zodSchema === Country) jsonSchema.enum = [...countries]
  // maxItems bounds a tuple as well, and generators of clients know no schema that is a boolean.
  if (jsonSchema.prefixItems !== undefined && jsonSchema.items === false) delete jsonSchema.items
  spellOut(jsonSchema)
}

function paths(): ZodOpenApiPathsObject {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {}
  for (const [name, route] of Object.entries<RouteContract>(routes)) {
    const path = (paths[route.path] ??= {})
    path[route.method.toLowerCase()] = operation(name, route)
  }
  return paths
}

/** A route as the description has it. */
export function operation(name: string, route: RouteContract): ZodOpenApiOperationObject {
  const headers = requestHeadersOf(route)
  const parameters = {
    ...(route.params && { path: route.params }),
    ...(route.query && { query: route.query }),
    ...(headers && { header: headers }),
  }
  const body = requestBody(name, route)
  return {
    operationId: name,
    summary: route.summary,
    tags: [tagOf(name)],
    ...permissionOf(route),
    ...(route.deprecated && { deprecated: true }),
    ...(Object.keys(parameters).length > 0 && { requestParams: parameters }),
    ...(body && { requestBody: body }),
    responses: {
      [String(route.answer.status)]: success(name, route),
      ...(hasTag(route) && route.method === 'GET' && { '304': known }),
      ...refusals(route),
      default: ofGatewayItself,
    },
  }
}

function requestBody(name: string, route: RouteContract): ZodOpenApiOperationObject['requestBody'] {
  const example = examples[name]?.request
  if (route.text !== undefined) {
    const content = route.text.map((type) => [
      type,
      type === 'application/json'
        ? { schema: Notice, example: JSON.parse(exampleIn(example, type)) as unknown }
        : { schema: z.string(), example: exampleIn(example, type) },
    ])
    return { required: true, content: Object.fromEntries(content) }
  }
  if (route.body === undefined) return undefined
  return {
    required: !route.body.safeParse(undefined).success,
    content: { 'application/json': { schema: route.body, ...(example !== undefined && { example }) } },
  }
}

/** What a card provider reports: signed as a text, and so read as one. */
const Notice = z
  .looseObject({ type: z.string().meta({ description: 'What has happened.' }), data: z.looseObject({}) })
  .meta({ id: 'ProviderNotice' })

const exampleIn = (example: unknown, type: string): string =>
  own(example as Readonly<Record<string, string>>, type) ?? ''

const described = { 200: 'Success.', 201: 'Success.', 202: 'Accepted.', 204: 'Done.' } as const

function success(name: string, route: RouteContract) {
  const example = examples[name]?.answer
  return {
    description: described[route.answer.status],
    headers: answerHeadersOf(route),
    ...(route.answer.files && {
      content: Object.fromEntries(route.answer.files.map((type) => [type, { schema: z.file() }])),
    }),
    ...(route.answer.body && {
      content: {
        'application/json': { schema: route.answer.body, ...(example !== undefined && { example }) },
        ...(route.answer.html && { 'text/html': { schema: z.string() } }),
      },
    }),
  }
}

const known = {
  id: 'NotModified',
  description: 'The client has it already, by its `If-None-Match`.',
  headers: headersOfKnown,
}

/** Which token opens a route, and how far. */
function permissionOf({
  who,
  others,
  deprecated,
}: RouteContract): Pick<ZodOpenApiOperationObject, 'security' | 'description'> {
  const reach = others && `What is the caller's own; with the scope \`${others}\`, that of everybody.`
  const texts = [reach, deprecated && leaving(deprecated)].filter((text) => text !== undefined)
  return {
    security: who === 'open' ? [] : [{ bearer: who === 'user' ? [] : [who] }],
    ...(texts.length > 0 && { description: texts.join(' ') }),
  }
}

const leaving = ({ since, sunset, instead }: Deprecation): string =>
  `Deprecated since ${since}${sunset === undefined ? '' : `, gone on ${sunset}`}: ${instead}`

/** Every problem that a route may answer with, by status. */
function refusals(route: RouteContract): ZodOpenApiOperationObject['responses'] {
  const byStatus = Map.groupBy(new Set(codesOf(route)), (code) => problems[code].status)
  return Object.fromEntries(Array.from(byStatus, ([status, codes]) => [String(status), shared(status, codes)]))
}

const made = new Map<string, ReturnType<typeof problem> & { readonly id: string }>()

/** The same answer for the same codes: it stands in the document once. */
function shared(status: number, codes: readonly ProblemCode[]) {
  const name = codes.map(pascal).join('Or')
  const answer = made.get(name) ?? { ...problem(status, codes), id: name }
  made.set(name, answer)
  return answer
}

function problem(status: number, codes: readonly ProblemCode[]) {
  return {
    description: codes.map((code) => `\`${code}\`: ${problems[code].title}.`).join('\n'),
    headers: refusalHeadersOf(status),
    content: {
      'application/problem+json': { schema: anyOf(codes.map(ofCode)) },
      ...(gatewayStatuses.has(status) && ofGateway),
    },
  }
}

const ofCodes = new Map<ProblemCode, z.ZodType>()

/** The problem with the code: a type of its own for generated clients, whichever routes answer with it. */
function ofCode(code: ProblemCode): z.ZodType {
  const made =
    ofCodes.get(code) ?? Problem.and(z.object({ code: z.enum([code]) })).meta({ id: `${pascal(code)}Problem` })
  ofCodes.set(code, made)
  return made
}

const anyOf = (choices: readonly z.ZodType[]): z.ZodType => (choices.length === 1 && choices[0]) || z.union(choices)

const pascal = (code: string): string => code.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())

function tagOf(name: string): string {
  if (Object.hasOwn(platform.routes, name)) return 'platform'
  const owner = Object.entries<{ readonly routes: object }>(topology).find(([, service]) =>
    Object.hasOwn(service.routes, name),
  )
  return owner?.[0] ?? 'platform'
}
