import type { Refuse } from './errors.ts'
import { canonical, digest } from './ids.ts'

/** The `ETag` of a version. */
export const tagOf = ({ version }: { readonly version: number }): string => `"${version}"`

/** The `ETag` of a resource that has no version: of what it is answered with. */
export const tagOfBody = (body: unknown): string => `"${digest(canonical(body))}"`

/** Whether the client already has what this tag stands for, by its `If-None-Match` (RFC 9110, weak comparison). */
export const isKnown = (ifNoneMatch: string | undefined, etag: string): boolean =>
  tagsOf(ifNoneMatch).some((tag) => tag === '*' || tag.replace(/^W\//, '') === etag)

interface Conditional {
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly refuse: Refuse<'version_mismatch'>
}

/** Refuses a request whose `If-Match` names other tags than that of what is there now (RFC 9110, strong comparison). */
export function expectMatch({ headers, refuse }: Conditional, etag: string): void {
  const ifMatch = headers['if-match']
  if (ifMatch === undefined || tagsOf(ifMatch).some((tag) => tag === '*' || tag === etag)) return
  throw refuse('version_mismatch', 'It has changed since. Read it again, and change what is there now.', {
    headers: { etag },
  })
}

/** The newest version that `If-Match` names; 0 where it names none. */
export const namedVersion = ({ headers }: Pick<Conditional, 'headers'>): number =>
  Math.max(0, ...tagsOf(headers['if-match']).map((tag) => Number(/^"(\d{1,15})"$/.exec(tag)?.[1] ?? 0)))

const tagsOf = (header: string | undefined): string[] => header?.match(/\*|(?:W\/)?"[^"]*"/g) ?? []
