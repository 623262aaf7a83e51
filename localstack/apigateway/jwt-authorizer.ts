import type { Issuer } from '../cognito/tokens.ts'

export interface JwtAuthorizer {
  readonly issuer: Issuer
  readonly audience: readonly string[]
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** How API Gateway hands claims on: every value as text, a list as `[a b]`. */
export type Claims = Readonly<Record<string, string>>

export type Judgement =
  | { readonly ok: true; readonly claims: Claims; readonly scopes: readonly string[] | null }
  | { readonly ok: false; readonly status: 401 | 403; readonly challenge: string }

/** Judges the `Authorization` header as the JWT authorizer of an HTTP API does. */
export async function authorize(
  { issuer, audience, now }: JwtAuthorizer,
  header: string | undefined,
  neededScopes: readonly string[],
): Promise<Judgement> {
  const token = header?.replace(/^bearer\s+/i, '').trim()
  if (token === undefined || token === '') return { ok: false, status: 401, challenge: 'Bearer' }
  const claims = await issuer.verify(token)
  if (claims === undefined) return invalid('the token is not of this issuer, not yet good, expired or altered')
  const named = [claims['aud'] ?? claims['client_id']].flat()
  if (!named.some((each) => typeof each === 'string' && audience.includes(each))) {
    return invalid('the token does not have a valid audience')
  }
  const issuedAt = Number(claims['iat'])
  if (issuedAt > now() / 1_000 + 60) return invalid('the token is issued in the future')
  const scopes = typeof claims['scope'] === 'string' ? claims['scope'].split(' ') : []
  if (neededScopes.length > 0 && !neededScopes.some((scope) => scopes.includes(scope))) {
    return { ok: false, status: 403, challenge: `Bearer scope="${neededScopes.join(' ')}" error="insufficient_scope"` }
  }
  return { ok: true, claims: asText(claims), scopes: neededScopes.length > 0 ? scopes : null }
}

const invalid = (description: string): Judgement => ({
  ok: false,
  status: 401,
  challenge: `Bearer error="invalid_token" error_description="${description}"`,
})

function asText(claims: Readonly<Record<string, unknown>>): Claims {
  return Object.fromEntries(
    Object.entries(claims).map(([name, value]) => [
      name,
      Array.isArray(value) ? `[${value.join(' ')}]` : typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  )
}
