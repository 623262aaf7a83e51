import type { Clock } from '../../functions/runtime/clock.ts'
import { type Scope, scopesOf } from '../../schemas/access.ts'
import { type Api, api } from '../../schemas/client.ts'
import { renewingFetch } from '../replay/renewing-fetch.ts'
import { operatorOf } from '../replay/stack.ts'
import { waitingFetch } from './waiting-fetch.ts'

interface Connection {
  readonly environment: NodeJS.ProcessEnv
  readonly clock: Clock
  readonly report: (line: string) => void
}

/**
 * The API, in the name of the key or the operator of the environment; it is waited for where it has no time. Throws for a user who does not
 * see what is everybody's, and would get a list of what is the user's own; a key without the scope is refused by each route.
 */
export async function connect(baseUrl: string, needed: readonly Scope[], connection: Connection): Promise<Api> {
  const { environment, clock, report } = connection
  const waiting = (send: typeof fetch) => waitingFetch(send, clock, report)
  const key = environment['HOLDFAST_API_KEY']
  if (key) return api({ baseUrl, token: key, fetch: waiting(fetch) })
  const body = operatorOf(environment)
  const signIn = () => api({ baseUrl, fetch: waiting(fetch) }).signIn({ body })
  const { accessToken: token, user } = await signIn()
  const missing = needed.filter((scope) => !scopesOf(user.roles).has(scope))
  if (missing.length > 0) throw new Error(`${body.email} lacks ${missing.join(' and ')}: name an operator or a key.`)
  const renewed = async (): Promise<string> => (await signIn()).accessToken
  return api({ baseUrl, token, fetch: waiting(renewingFetch(token, renewed)) })
}
