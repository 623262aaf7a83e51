import * as z from 'zod'
import { route } from './contract.ts'
import { problemCodes } from './problems.ts'

/** A user of the laptop: never set where the API is public. */
export const Login = z.object({ email: z.string(), password: z.string(), roles: z.array(z.string()).readonly() })

/** What the API is, and where everything is. */
export const Home = z
  .object({
    name: z.string(),
    version: z.string(),
    stage: z.string(),
    url: z.url(),
    links: z.array(z.object({ path: z.string(), title: z.string() })),
    logins: z.array(Login).readonly(),
    requests: z.array(z.object({ title: z.string(), curl: z.string() })),
  })
  .meta({ id: 'Home' })
export type Home = z.infer<typeof Home>

/** How old a description of the API may be, in seconds. */
const descriptionAge = 300

/** Routes of the gateway itself. */
export const routes = {
  home: route({
    method: 'GET',
    path: '/',
    who: 'open',
    summary: 'What runs here, and where everything is',
    answer: { status: 200, body: Home, html: true },
  }),
  health: route({
    method: 'GET',
    path: '/health',
    who: 'open',
    summary: 'Whether the API answers',
    answer: { status: 200, body: z.object({ status: z.literal('ok'), stage: z.string() }) },
  }),
  openapi: route({
    method: 'GET',
    path: '/openapi.json',
    who: 'open',
    summary: 'This description',
    answer: { status: 200, body: z.record(z.string(), z.unknown()), maxAge: descriptionAge },
  }),
  getProblem: route({
    method: 'GET',
    path: '/problems/{code}',
    who: 'open',
    summary: 'What a problem code stands for, and what to do: the `type` of every problem leads here',
    params: z.strictObject({ code: z.string() }),
    answer: {
      status: 200,
      body: z.object({ code: z.enum(problemCodes), status: z.int(), title: z.string(), next: z.string() }),
      maxAge: descriptionAge,
    },
    problems: ['problem_not_found'],
  }),
  asyncapi: route({
    method: 'GET',
    path: '/asyncapi.json',
    who: 'open',
    summary: 'The description of the events',
    answer: { status: 200, body: z.record(z.string(), z.unknown()), maxAge: descriptionAge },
  }),
}

/** The API reference, for browsers: no part of the API that it describes. */
export const reference = {
  referencePage: route({
    method: 'GET',
    path: '/docs',
    who: 'open',
    summary: 'The API reference',
    answer: { status: 200, html: true },
  }),
  referenceFile: route({
    method: 'GET',
    path: '/docs/{file+}',
    who: 'open',
    summary: 'A script of the API reference',
    params: z.object({ file: z.string() }),
    answer: { status: 200 },
    problems: ['route_not_found'],
  }),
}
