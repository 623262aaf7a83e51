import { digest } from '../../runtime/ids.ts'

/** With a digest behind it an id has at most 60 characters: short enough for an `Id`, and readable in every level. */
const maxSlug = 60
const digestLength = 8

/**
 * The id of a warehouse from its name: `Hall 2, Leeds` becomes `hall-2-leeds`. A name with letters that an id cannot have, in whatever
 * script, gets a digest: two such names have two ids, of which only the readable part may be the same.
 */
export function warehouseIdOf(name: string): string {
  const text = name.normalize('NFC').toLowerCase().replaceAll(/\s+/g, ' ').trim()
  const slug = slugOf(text)
  const isWhole = /^[\u0020-\u007E]*$/.test(text) && slug !== ''
  if (isWhole) return slug.slice(0, maxSlug)
  const readable = slug.slice(0, maxSlug - digestLength - 1).replace(/-$/, '')
  return `${readable === '' ? 'warehouse' : readable}-${digest(text).slice(0, digestLength).toLowerCase()}`
}

const slugOf = (text: string): string =>
  text
    .normalize('NFKD')
    .replaceAll(/\p{Mark}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
