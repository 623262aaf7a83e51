import type { PreTokenGenerationV2TriggerEvent } from 'aws-lambda'
import * as z from 'zod'
import { AwsError } from '../endpoint/aws-error.ts'
import type { InvokeResult } from '../lambda/invoke.ts'
import type { PoolUser } from './pool.ts'

type Event = PreTokenGenerationV2TriggerEvent

/** Invokes the function that a pool names as its pre token generation trigger of version 2. Rejects where the pool may not. */
export type InvokeTrigger = (event: Event) => Promise<InvokeResult>

const Scopes = z.array(z.string()).nullish()
/** Of what a trigger may change, the scopes of access tokens. */
const Changes = z.object({
  claimsAndScopeOverrideDetails: z
    .strictObject({
      accessTokenGeneration: z.strictObject({ scopesToAdd: Scopes, scopesToSuppress: Scopes }).nullish(),
    })
    .nullish(),
})

/** Tokens that are about to be signed. */
export interface TokensAsked {
  readonly region: string
  readonly userPoolId: string
  readonly user: PoolUser
  readonly clientId: string
  readonly source: Event['triggerSource']
  readonly scopes: readonly string[]
}

/**
 * The scopes of an access token after the trigger. Throws as Cognito does where the trigger fails: no token is signed then.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
 */
export async function scopesAfter(invoke: InvokeTrigger, asked: TokensAsked): Promise<readonly string[]> {
  const { payload, functionError } = await invoke(eventOf(asked)).catch((error: unknown) => {
    const reason = error instanceof AwsError ? error.code : String(error)
    throw new AwsError('UnexpectedLambdaException', `PreTokenGeneration invocation failed due to error ${reason}.`)
  })
  if (functionError !== undefined)
    throw new AwsError('UserLambdaValidationException', `PreTokenGeneration failed with error ${messageOf(payload)}.`)
  const answer = z.object({ response: Changes }).safeParse(payload)
  if (!answer.success) throw new AwsError('InvalidLambdaResponseException', 'Unrecognizable lambda output')
  const changes = answer.data.response.claimsAndScopeOverrideDetails?.accessTokenGeneration
  const suppressed = new Set(changes?.scopesToSuppress)
  return [...new Set([...asked.scopes, ...(changes?.scopesToAdd ?? [])])].filter((scope) => !suppressed.has(scope))
}

const eventOf = ({ region, userPoolId, user, clientId, source, scopes }: TokensAsked): Event => ({
  version: '2',
  triggerSource: source,
  region,
  userPoolId,
  userName: user.id,
  callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId },
  request: {
    userAttributes: { ...Object.fromEntries(user.attributes), 'cognito:user_status': user.status },
    groupConfiguration: { groupsToOverride: [...user.groups], iamRolesToOverride: [], preferredRole: undefined },
    scopes: [...scopes],
  },
  response: { claimsAndScopeOverrideDetails: {} },
})

const messageOf = (payload: unknown): string =>
  z.object({ errorMessage: z.string() }).safeParse(payload).data?.errorMessage ?? 'unknown'
