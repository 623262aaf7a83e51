import { randomBytes, randomUUID } from 'node:crypto'
import { type CryptoKey, type JWK, SignJWT, errors, exportJWK, generateKeyPair, jwtVerify } from 'jose'

/** The key of an issuer. Its tokens are good by the stack's clock. */
export interface Issuer {
  /** Such as `https://cognito-idp.us-east-1.amazonaws.com/us-east-1_abc`. */
  readonly url: string
  readonly jwks: { readonly keys: readonly JWK[] }
  sign(claims: Readonly<Record<string, unknown>>, seconds: number): Promise<string>
  /** The claims of a token that this issuer signed and that is good now; undefined for any other. */
  verify(token: string): Promise<Readonly<Record<string, unknown>> | undefined>
}

export async function createIssuer(url: string, now: () => number): Promise<Issuer> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true })
  const kid = randomBytes(16).toString('base64url')
  const jwk = { ...(await exportJWK(publicKey)), alg: 'RS256', use: 'sig', kid }
  return {
    url,
    jwks: { keys: [jwk] },
    sign: (claims, seconds) => signed({ claims, seconds, url, kid, key: privateKey, now }),
    verify: async (token) => {
      try {
        return (await jwtVerify(token, publicKey, { algorithms: ['RS256'], issuer: url, currentDate: new Date(now()) }))
          .payload
      } catch (error) {
        if (error instanceof errors.JOSEError || error instanceof TypeError) return undefined
        throw error
      }
    },
  }
}

interface ToSign {
  readonly claims: Readonly<Record<string, unknown>>
  readonly seconds: number
  readonly url: string
  readonly kid: string
  readonly key: CryptoKey
  /** Milliseconds since 1970. */
  readonly now: () => number
}

function signed({ claims, seconds, url, kid, key, now }: ToSign): Promise<string> {
  const issuedAt = Math.floor(now() / 1_000)
  return new SignJWT({ ...claims, jti: randomUUID() })
    .setProtectedHeader({ alg: 'RS256', kid })
    .setIssuer(url)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + seconds)
    .sign(key)
}
