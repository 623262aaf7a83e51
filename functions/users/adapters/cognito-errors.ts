import { CognitoIdentityProviderServiceException } from '@aws-sdk/client-cognito-identity-provider'
import type { HttpProblem, Refuse } from '../../runtime/errors.ts'
import { type Failure, wrongCredentials } from './directory.ts'

export const named = (error: unknown, ...names: readonly string[]): boolean =>
  error instanceof CognitoIdentityProviderServiceException && names.includes(error.name)

/** Lets an error of that name pass as done. */
export const unless =
  (name: string) =>
  (error: unknown): void => {
    if (!named(error, name)) throw error
  }

/** Refuses a token of another form than any, which Cognito looks at first. */
export const orWrongForm =
  (refuse: Refuse<'wrong_credentials'>) =>
  (error: unknown): never => {
    throw named(error, 'InvalidParameterException') ? wrongCredentials(refuse) : error
  }

/** https://docs.aws.amazon.com/cognito/latest/developerguide/authentication.html#authentication-flow-lockout-behavior */
export const isLocked = (error: unknown): boolean =>
  named(error, 'NotAuthorizedException') && (error as Error).message === 'Password attempts exceeded'

export const isWrongCredentials = (error: unknown): boolean =>
  named(
    error,
    'NotAuthorizedException',
    'UserNotFoundException',
    'UserNotConfirmedException',
    'PasswordResetRequiredException',
  )

export const registrationUnfinished = (refuse: Refuse<'registration_unfinished'>) =>
  refuse(
    'registration_unfinished',
    'The password is still a temporary one. Register with the same email and password to finish.',
  )

/** The one place where an error of Cognito becomes a problem; whatever has no name here is a fault of this service. */
export async function translated<Result>(
  refuse: Refuse<Failure>,
  /** What it comes to when the directory does not know the account, or not with these credentials. */
  unknown: (refuse: Refuse<Failure>) => HttpProblem,
  call: () => Promise<Result>,
): Promise<Result> {
  try {
    return await call()
  } catch (error) {
    throw isWrongCredentials(error) ? unknown(refuse) : (problemOf(error, refuse) ?? error)
  }
}

/** What the pool throws where its trigger is throttled, fails, or answers what the pool does not know. */
const triggerFailed = ['UnexpectedLambdaException', 'UserLambdaValidationException', 'InvalidLambdaResponseException']

const retry = { headers: { 'retry-after': '1' } }

/** The account of a registration that another registration takes the place of at that moment. */
export const accountLost = (refuse: Refuse<Failure>) =>
  refuse('unavailable', 'The account is changing. Try again.', retry)

function problemOf(error: unknown, refuse: Refuse<Failure>): HttpProblem | undefined {
  // What Cognito refuses by its form: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminCreateUser.html
  const isRefusedPassword = named(error, 'InvalidParameterException') && /'\w*password'/i.test((error as Error).message)
  if (isRefusedPassword || named(error, 'InvalidPasswordException')) {
    return refuse('validation_failed', 'The password is invalid.', {
      errors: [{ path: 'password', message: 'breaks the password policy' }],
    })
  }
  if (named(error, 'TooManyRequestsException', 'LimitExceededException')) {
    return refuse('too_many_requests', 'Too many at once. Try again in a moment.', retry)
  }
  if (named(error, 'InternalErrorException', ...triggerFailed) || unanswered(error)) {
    return refuse('unavailable', 'Sign-in is not reachable. Try again.', retry)
  }
  return undefined
}

// What the SDK throws when its last attempt got no answer, or one of the 5xx kind.
function unanswered(error: unknown): boolean {
  if (error instanceof CognitoIdentityProviderServiceException) return (error.$metadata.httpStatusCode ?? 0) >= 500
  const { name, code } = error as { readonly name?: string; readonly code?: string }
  return name === 'TimeoutError' || code === 'ECONNREFUSED' || code === 'ECONNRESET'
}
