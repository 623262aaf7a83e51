import * as z from 'zod'
import { AwsError } from '../endpoint/aws-error.ts'
import type { Call } from '../endpoint/call.ts'
import type { UserPool } from './user-pool.ts'

/** The answer to a sign-in or refresh by one of the flows that need no further step. */
export async function authenticate(
  pool: UserPool,
  clientId: string,
  flow: string,
  { USERNAME, PASSWORD, REFRESH_TOKEN, SECRET_HASH }: Readonly<Record<string, string>>,
): Promise<object> {
  if (flow === 'REFRESH_TOKEN_AUTH' && REFRESH_TOKEN !== undefined)
    return { AuthenticationResult: await pool.refresh(clientId, REFRESH_TOKEN, SECRET_HASH), ChallengeParameters: {} }
  if (flow !== 'ADMIN_USER_PASSWORD_AUTH' || USERNAME === undefined || PASSWORD === undefined)
    throw new AwsError('InvalidParameterException', `The auth flow ${flow} or its parameters are not supported here.`)
  const tokens = await pool.signIn(clientId, flow, USERNAME, PASSWORD, SECRET_HASH)
  return tokens === undefined
    ? { ChallengeName: 'NEW_PASSWORD_REQUIRED', ChallengeParameters: {}, Session: 'local' }
    : { AuthenticationResult: tokens, ChallengeParameters: {} }
}

/** The input of a call. Throws as Cognito does. */
export function parse<Schema extends z.ZodType>(schema: Schema, { input }: Call): z.output<Schema> {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  throw new AwsError('InvalidParameterException', z.prettifyError(result.error))
}
