import { HttpProblem } from './errors.ts'

/** The `ETag` of a version. */
export const tagOf = ({ version }: { readonly version: number }): string => `"${version}"`

/** Whether the client already has what this tag stands for, by its `If-None-Match` (RFC 9110, weak comparison). */
export const isKnown = (ifNoneMatch: string | undefined, etag: string): boolean =>
  tagsOf(ifNoneMatch).some((tag) => tag === '*' || tag.replace(/^W\//, '') === etag)

/** Throws `HttpProblem` 412 `version_mismatch` when `If-Match` names other versions only (RFC 9110, strong comparison). */
export function expectMatch(ifMatch: string | undefined, item: { readonly version: number }): void {
  if (ifMatch === undefined || tagsOf(ifMatch).some((tag) => tag === '*' || tag === tagOf(item))) return
  throw new HttpProblem(412, 'version_mismatch', 'It has changed since. Read it again, and change what is there now.', {
    headers: { etag: tagOf(item) },
  })
}

const tagsOf = (header: string | undefined): string[] => header?.match(/\*|(?:W\/)?"[^"]*"/g) ?? []
