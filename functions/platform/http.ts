import events from '../../docs/asyncapi.json' with { type: 'json' }
import document from '../../docs/openapi.json' with { type: 'json' }
import { type Home, reference, routes } from '../../schemas/platform.ts'
import { problemCodes, problems } from '../../schemas/problems.ts'
import { tagOfBody } from '../runtime/entity-tag.ts'
import { env, required } from '../runtime/env.ts'
import type { Answer } from '../runtime/answer.ts'
import { type Handlers, http } from '../runtime/http.ts'
import { nobody } from '../runtime/identity.ts'
import { type Place, home, homePage } from './routes/home.ts'
import { page, prefersPage } from './routes/page.ts'
import { referenceFile, referencePage } from './routes/reference.ts'

const all = { ...routes, ...reference }

/** The routes of the gateway itself, as that stage answers them. */
export const handlers = (place: Place): Handlers<typeof all> => ({
  home: async ({ headers: { accept } }) => {
    const answer: Answer<Home> = prefersPage(accept)
      ? page(
          (nonce) => homePage(home(place), nonce),
          (nonce) => [`style-src 'nonce-${nonce}'`],
        )
      : { body: home(place) }
    return { ...answer, headers: { ...answer.headers, vary: 'accept' } }
  },
  health: async () => ({ body: { status: 'ok', stage: place.stage } }),
  openapi: description(document),
  asyncapi: description(events),
  referencePage: async () => referencePage(),
  referenceFile: async ({ params, headers, refuse }) => referenceFile(params.file, headers['accept-encoding'], refuse),
  getProblem: async ({ params: { code }, refuse }) => {
    const known = problemCodes.find((each) => each === code)
    if (known === undefined) throw refuse('problem_not_found', `There is no problem ${code}.`)
    return { body: { code: known, ...problems[known] } }
  },
})

function description(body: Readonly<Record<string, unknown>>) {
  const headers = { etag: tagOfBody(body) }
  return async (): Promise<Answer<Record<string, unknown>>> => ({ body, headers })
}

export const handler = http(
  all,
  () => nobody,
  () =>
    handlers({
      stage: required(env.stage),
      url: required(env.apiUrl),
      logins: JSON.parse(required(env.logins)) as Home['logins'],
      reference: required(env.reference) === 'true',
    }),
)
