import { isIPv6 } from 'node:net'

/**
 * The network that an address counts for: an IPv4 address itself, also one that is written as IPv6, and the first 64 bits of an IPv6 address,
 * which is the least that one subscriber has. Any other text stands for itself.
 */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  if (!isIPv6(address)) return address
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::')
  const groups = wordsOf(head)
  const after = tail === undefined ? [] : wordsOf(tail)
  const zeros = Array.from({ length: Math.max(0, 8 - groups.length - after.length) }, () => '0')
  return [...groups, ...zeros, ...after]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}

/** The groups of 16 bits; an IPv4 address at the end is two of them, which count for no network. */
const wordsOf = (text: string): readonly string[] =>
  text === '' ? [] : text.split(':').flatMap((group) => (group.includes('.') ? ['0', '0'] : [group]))
