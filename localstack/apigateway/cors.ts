import type { IncomingMessage } from 'node:http'
import type { Answer } from './payload.ts'

export interface Cors {
  readonly credentials: boolean
  readonly headers: readonly string[]
  readonly methods: readonly string[]
  readonly origins: readonly string[]
  readonly exposed: readonly string[]
  readonly maxAgeSeconds: number | undefined
}

export function preflight(cors: Cors | undefined, request: IncomingMessage): Answer | undefined {
  const isPreflight = request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined
  return cors && isPreflight ? { status: 204, headers: {}, body: '' } : undefined
}

export function corsHeaders(cors: Cors | undefined, request: IncomingMessage): Record<string, string> {
  const { origin } = request.headers
  if (cors === undefined || origin === undefined) return {}
  const allowed = cors.origins.includes('*') ? '*' : cors.origins.includes(origin) ? origin : undefined
  if (allowed === undefined) return {}
  const preflight = request.method === 'OPTIONS' && {
    'access-control-allow-methods': cors.methods.join(','),
    'access-control-allow-headers': cors.headers.join(','),
    ...(cors.maxAgeSeconds !== undefined && { 'access-control-max-age': String(cors.maxAgeSeconds) }),
  }
  return {
    'access-control-allow-origin': allowed,
    ...(cors.credentials && { 'access-control-allow-credentials': 'true' }),
    ...(cors.exposed.length > 0 && { 'access-control-expose-headers': cors.exposed.join(',') }),
    ...preflight,
  }
}
