import { randomBytes, randomUUID } from 'node:crypto'
import { type CryptoKey, type JWK, SignJWT, errors, exportJWK, generateKeyPair, jwtVerify } from 'jose'

/** The key of an issuer. Its tokens are good by the machine's clock, wherever the stack's own clock stands. */
export interface Issuer {
  /** Such as `https://cognito-idp.us-east-1.amazonaws.com/us-east-1_abc`. */
  readonly url: string
  readonly jwks: { readonly keys: readonly JWK[] }
  sign(claims: Readonly<Record<string, unknown>>, seconds: number): Promise<string>
  /** The claims of a token that this issuer signed and that is good now; undefined for any other. */
  verify(token: string): Promise<Readonly<Record<string, unknown>> | undefined>
}

export async function createIssuer(url: string): Promise<Issuer> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true })
  const kid = randomBytes(16).toString('base64url')
  const jwk = { ...(await exportJWK(publicKey)), alg: 'RS256', use: 'sig', kid }
  return {
    url,
    jwks: { keys: [jwk] },
    sign: (claims, seconds) => signed({ claims, seconds, url, kid, key: privateKey }),
    verify: async (token) => {
      try {
        return (await jwtVerify(token, publicKey, { algorithms: ['RS256'], issuer: url })).payload
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
}

function signed({ claims, seconds, url, kid, key }: ToSign): Promise<string> {
  const now = Math.floor(Date.now() / 1_000)
  return new SignJWT({ ...claims, jti: randomUUID() })
    .setProtectedHeader({ alg: 'RS256', kid })
    .setIssuer(url)
    .setIssuedAt(now)
    .setExpirationTime(now + seconds)
    .sign(key)
}
