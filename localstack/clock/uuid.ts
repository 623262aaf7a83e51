const octets = Array.from({ length: 256 }, (_, octet) => octet.toString(16).padStart(2, '0'))

/** The octets of a number of 32 bits, the highest first. */
const hexOf = (word: number): string =>
  `${octets[word >>> 24]}${octets[(word >>> 16) & 255]}${octets[(word >>> 8) & 255]}${octets[word & 255]}`

/** A version 4 UUID out of `random`. */
export function uuid(random: () => number): string {
  const word = (): number => Math.floor(random() * 0x1_0000_0000)
  const low = hexOf(word())
  const middle = hexOf((word() & 0xffff_0fff) | 0x4000)
  const high = hexOf((word() & 0x3fff_ffff) | 0x8000_0000)
  return `${low}-${middle.slice(0, 4)}-${middle.slice(4)}-${high.slice(0, 4)}-${high.slice(4)}${hexOf(word())}`
}
