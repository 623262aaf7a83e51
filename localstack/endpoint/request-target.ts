import type { IncomingMessage } from 'node:http'

/**
 * The target of a request (RFC 9112), of any form: a path such as `//` that would be the host of another URL, a whole URL, `*`.
 * Undefined where it is none of these.
 */
export function targetOf({ url = '/' }: IncomingMessage): URL | undefined {
  const whole = url.startsWith('/') ? `http://local${url}` : url === '*' ? 'http://local/*' : url
  return URL.canParse(whole) ? new URL(whole) : undefined
}
