import type { Order } from '../core/order.ts'

/**
 * What kinds of things stand beside a header, or in it, in the digest of the request that placed the order: the last release keeps that as
 * it is, and with it what it does not know. Letters behind the digest; small ones in it where the number of the order holds the time of its
 * placing, as all have by now, and a header has no byte for it.
 */
interface Marks {
  readonly numbersTime: boolean
  /** It stands in the lists that go by status and by change. */
  readonly isListed: boolean
  /** There are labels beside it, or were. */
  readonly hasLabels: boolean
}

/** Stands between digest and letters; no digest has it. */
const separator = '~'
const listed = 's'
const labelled = 'l'

/** What stands before the digest where the request names a guest, and the digest. */
const partsOf = (hash: string): readonly [before: string, digest: string, letters: string] => {
  const [whole = '', letters = ''] = hash.split(separator)
  const end = whole.lastIndexOf('_') + 1
  return [whole.slice(0, end), whole.slice(end), letters]
}

/** The digest of the request, as requests have it. */
export function requestIn(hash: string): string {
  const [before, digest] = partsOf(hash)
  return `${before}${digest.toUpperCase()}`
}

export function marksIn(hash: string): Marks {
  const [, digest, letters] = partsOf(hash)
  return {
    numbersTime: /[a-z]/.test(digest),
    isListed: letters.includes(listed),
    hasLabels: letters.includes(labelled),
  }
}

/** The digest of a request with the marks of its order. */
export function marked(request: string, { numbersTime, changedAt, hasLabels }: Order): string {
  const [before, digest] = partsOf(request)
  const letters = `${changedAt === undefined ? '' : listed}${hasLabels ? labelled : ''}`
  return `${before}${numbersTime ? digest.toLowerCase() : digest}${letters && separator}${letters}`
}
