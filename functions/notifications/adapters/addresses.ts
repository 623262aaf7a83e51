import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** What webhooks may reach beyond public addresses: on the laptop this machine, over http too. */
export type Reach = 'public' | 'public-and-loopback'

/**
 * Whether requests may go to an IP address: to global unicast addresses alone. Ranges that stand for others (mapped, translated, tunnelled)
 * have names of their own in `ipaddr.js`, as private, shared and documentation ranges have.
 */
export function mayReach(address: string, reach: Reach): boolean {
  if (address.includes('%') || !ipaddr.isValid(address)) return false
  const parsed = ipaddr.parse(address)
  const range = parsed.range()
  if (range === 'loopback') return reach === 'public-and-loopback'
  if (range !== 'unicast') return false
  return parsed.kind() === 'ipv4' || parsed.match(globalUnicast)
}

/** All that is given out of IPv6: what lies beyond means something else, or nothing yet. */
const globalUnicast = ipaddr.parseCIDR('2000::/3')

/** The address that the host of a URL is; undefined where it is a name. WHATWG URLs have decimal, octal and hexadecimal forms as dotted ones. */
export function literalOf(url: URL): string | undefined {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  return isIP(host) === 0 ? undefined : host
}

/** Names that never lead to a public address. */
const innerNames = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|arpa|onion)\.?$/

/** What is wrong with the URL of a webhook, as far as the URL itself shows it; undefined for a good one. */
export function faultOf(text: string, reach: Reach): string | undefined {
  if (!URL.canParse(text)) return 'not a URL'
  const url = new URL(text)
  if (url.username !== '' || url.password !== '') return 'has a user or a password'
  if (url.hash !== '') return 'has a fragment'
  const literal = literalOf(url)
  const isOwn = literal === undefined ? /^localhost\.?$/.test(url.hostname) : isLoopback(literal)
  if (isOwn && reach === 'public-and-loopback')
    return url.protocol === 'http:' || url.protocol === 'https:' ? undefined : 'is neither https nor http'
  if (url.protocol !== 'https:') return 'is not https'
  if (url.port !== '') return 'has another port than 443'
  if (literal !== undefined) return mayReach(literal, reach) ? undefined : 'is not a public address'
  if (!url.hostname.includes('.') || innerNames.test(url.hostname)) return 'is not a public name'
  return undefined
}

const isLoopback = (address: string): boolean =>
  mayReach(address, 'public-and-loopback') && !mayReach(address, 'public')
