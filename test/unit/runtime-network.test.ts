import fc from 'fast-check'
import { expect, it } from 'vitest'
import { networkOf } from '../../functions/runtime/network.ts'

it.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:0DB8:1:2::9', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['2001:db8::7:6:5:4:3', '2001:db8:0:7'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  ['::1', '0:0:0:0'],
  ['64:ff9b::192.0.2.7', '64:ff9b:0:0'],
  ['', ''],
  ['somewhere', 'somewhere'],
])('%s counts for %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})

it('is one for all addresses of a subscriber, however they are written', () => {
  fc.assert(
    fc.property(fc.ipV6(), (address) => {
      const host = new URL(`http://[${address}]`).hostname.slice(1, -1)
      if (host.startsWith('::ffff:')) return
      expect(networkOf(host)).toBe(networkOf(address))
    }),
  )
})
