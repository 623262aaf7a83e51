import type { PreTokenGenerationV2TriggerEvent } from 'aws-lambda'

/** The scope by which access tokens let their users act on themselves at the user pool: change attributes and password, delete the account. */
const selfService = 'aws.cognito.signin.user.admin'

/**
 * Takes that scope from access tokens before the pool signs them: accounts change through the users service alone.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
 */
export const handler = async (event: PreTokenGenerationV2TriggerEvent): Promise<PreTokenGenerationV2TriggerEvent> => ({
  ...event,
  response: { claimsAndScopeOverrideDetails: { accessTokenGeneration: { scopesToSuppress: [selfService] } } },
})
