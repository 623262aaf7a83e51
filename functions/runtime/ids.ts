import { hash } from 'node:crypto'

// Crockford's alphabet: no I, L, O or U to misread.
export const idAlphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** 26 characters (130 bits) that are always the same for the same parts, and differ for different ones. */
export function digest(...deps: readonly string[]): string {
  const bytes = hash('sha256', deps.map((part) => `${part.length}:${part}`).join(''), 'buffer')
  let text = ''
  for (const byte of bytes.subarray(0, 26)) text += idAlphabet.charAt(byte & 31)
  return text
}

/** An identifier made from what it stands for, such as the customer and the idempotency key of an order. */
export function derivedId(prefix: string, ...deps: readonly string[]): string {
  return `${prefix}_${digest(...deps)}`
}

/** The same text for the same JSON value, whatever the order of its keys. */
export function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, inner: unknown) =>
      inner !== null && typeof inner === 'object' && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
        : inner,
    ) ?? ''
  )
}
