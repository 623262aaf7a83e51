import document from '../../docs/openapi.json' with { type: 'json' }
import { routes } from '../../schemas/platform.ts'
import { problemCodes, problems } from '../../schemas/problems.ts'
import { isKnown } from '../runtime/entity-tag.ts'
import { env, required } from '../runtime/env.ts'
import { type Handlers, http } from '../runtime/http.ts'
import { canonical, digest } from '../runtime/ids.ts'

const etag = `"${digest(canonical(document))}"`
const cached = { etag, 'cache-control': 'public, max-age=300' }

/** The routes of the gateway itself, as the stage of that name answers them. */
export const handlers = (stage: string): Handlers<typeof routes> => ({
  health: async () => ({ body: { status: 'ok', stage }, headers: { 'cache-control': 'no-store' } }),
  openapi: async ({ headers }) =>
    isKnown(headers['if-none-match'], etag) ? { status: 304, headers: cached } : { body: document, headers: cached },
  getProblem: async ({ params: { code }, refuse }) => {
    const known = problemCodes.find((each) => each === code)
    if (known === undefined) throw refuse('problem_not_found', `There is no problem ${code}.`)
    return { body: { code: known, ...problems[known] }, headers: { 'cache-control': 'public, max-age=300' } }
  },
})

export const handler = http(routes, () => handlers(required(env.stage)))
