import type { IncomingMessage } from 'node:http'

const loopback = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i
const json = /^application\/json\s*(?:;|$)/i

export interface Refused {
  readonly status: number
  readonly message: string
}

/**
 * Why a request does not reach the control API; undefined where it may. A page of another site can send a browser of this machine here: by a
 * name of its own that it points to this machine (the name stands in `Host`), or by a request that needs no preflight (a form, or a text without a
 * media type). JSON needs a preflight, and the control API answers none.
 */
export function refusedBy({ method, headers }: IncomingMessage): Refused | undefined {
  const { host = '', 'content-type': mediaType = '' } = headers
  if (!loopback.test(host))
    return { status: 403, message: 'The control API answers as localhost, 127.0.0.1 or [::1] alone.' }
  if (method === 'POST' && !json.test(mediaType))
    return { status: 415, message: 'The control API takes POST with the Content-Type application/json alone.' }
  return undefined
}
