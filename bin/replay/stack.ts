import type { Clock } from '../../functions/runtime/clock.ts'
import { type Api, type ClientOptions, api } from '../../schemas/client.ts'
import { type LocalControl, localControl } from './local-control.ts'
import { renewingFetch } from './renewing-fetch.ts'

/** A running stack, seen by one of its operators. */
export interface Stack {
  readonly api: Api
  readonly options: ClientOptions
  readonly clock: Clock
  /** Undefined unless it is the local stack. */
  readonly control: LocalControl | undefined
}

export interface Credentials {
  readonly email: string
  readonly password: string
}

/** The operator of the local stack, if the environment names no other. */
export const operatorOf = (environment: NodeJS.ProcessEnv): Credentials => ({
  email: environment['HOLDFAST_EMAIL'] ?? 'operator@holdfast.test',
  password: environment['HOLDFAST_PASSWORD'] ?? 'Operator-1!',
})

/** Signs in, and again whenever the token has ended. Throws `ApiProblem` with the code `wrong_credentials` when the stack knows no such user. */
export async function signedIn(baseUrl: string, body: Credentials, clock: Clock): Promise<Stack> {
  const tokenOf = async (): Promise<string> => (await api({ baseUrl }).signIn({ body })).accessToken
  const token = await tokenOf()
  const options = { baseUrl, token, fetch: renewingFetch(token, tokenOf) }
  return { api: api(options), options, clock, control: await localControl({ baseUrl }) }
}
