/** The addresses that an account has signed in from, as hashes, each with when it last did: milliseconds since 1970. */
export type KnownAddresses = Readonly<Record<string, number>>

/** How many addresses of an account are remembered: those that it used last. */
export const mostKnown = 20
/** How long an address is remembered after a sign-in from it, in milliseconds. */
export const knownMs = 90 * 86_400_000
/** How exact the time of a sign-in is remembered, in milliseconds: not every sign-in costs a write. */
const notedEveryMs = 86_400_000

/** Whether the account has signed in from the address, not too long ago. */
export const isKnown = (known: KnownAddresses, address: string, now: number): boolean => {
  const at = Object.hasOwn(known, address) ? known[address] : undefined
  return at !== undefined && now - at < knownMs
}

/** The addresses after a sign-in from one of them; the very same where that is noted already. */
export function remembered(known: KnownAddresses, address: string, now: number): KnownAddresses {
  if (isKnown(known, address, now) && now - (known[address] ?? 0) < notedEveryMs) return known
  const others = Object.entries(known).filter(([each, at]) => each !== address && now - at < knownMs)
  const last = others.toSorted(([, a], [, b]) => b - a).slice(0, mostKnown - 1)
  return Object.fromEntries([[address, now], ...last])
}
