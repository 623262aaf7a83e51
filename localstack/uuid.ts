/** A version 4 UUID out of `random`. */
export function uuid(random: () => number): string {
  const word = (): number => Math.floor(random() * 0x1_0000_0000)
  const hex = [word(), word(), word(), word()].map((value) => value.toString(16).padStart(8, '0')).join('')
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`
}
