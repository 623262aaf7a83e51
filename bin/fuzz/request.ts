import { own } from '../../schemas/own.ts'
import type { Person } from './shop.ts'

/** A request before it is written down. */
export interface Request {
  readonly as: Person | undefined
  /** Whose thing it is, where somebody else asks for it. */
  readonly owner?: Person | undefined
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** Of routes that take text. */
  readonly text?: string | Uint8Array
  readonly mediaType?: string
  readonly idempotencyKey?: string
  readonly prefer?: string
}

/** A request as it goes over the wire. */
export interface Raw {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array | undefined
}

/** Writes a request of that route down. */
export function written(method: string, path: string, request: Request): Raw {
  const { as, params = {}, query, headers, body, text, mediaType, idempotencyKey, prefer } = request
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent((own(params, name) ?? '').toWellFormed()),
  )
  const asked = query === undefined ? '' : `?${new URLSearchParams(query).toString()}`
  return {
    method,
    path: filled + asked,
    headers: {
      ...(as && { authorization: `Bearer ${as.token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(mediaType !== undefined && { 'content-type': mediaType }),
      ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
      ...(prefer !== undefined && { prefer }),
      ...headers,
    },
    body: text ?? (body === undefined ? undefined : JSON.stringify(body)),
  }
}
