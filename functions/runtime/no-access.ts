import { HttpProblem } from './errors.ts'

/** With a token that opens nothing, or without any. */
export const unauthenticated = (sent: boolean): HttpProblem =>
  new HttpProblem(
    'unauthenticated',
    sent
      ? 'The token is no access token or API key that is good now.'
      : 'The route needs an access token or an API key.',
    { headers: { 'www-authenticate': sent ? 'Bearer error="invalid_token"' : 'Bearer' } },
  )

export const unverified = (): HttpProblem =>
  new HttpProblem('email_unverified', 'This needs an account whose address is proven.')

export const forbidden = (scope: string): HttpProblem =>
  new HttpProblem('forbidden', `This needs the scope ${scope}.`, {
    headers: { 'www-authenticate': `Bearer error="insufficient_scope", scope="${scope}"` },
  })

export const notForKeys = (): HttpProblem =>
  new HttpProblem('not_for_keys', 'The route is about what a user has; an API key has nothing of its own.', {
    headers: { 'www-authenticate': 'Bearer error="insufficient_scope"' },
  })
