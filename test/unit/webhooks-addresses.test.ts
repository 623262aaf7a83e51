import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it, test } from 'vitest'
import { faultOf, mayReach } from '../../functions/notifications/adapters/addresses.ts'
import { type Resolve, httpsReceivers, retryAfterOf } from '../../functions/notifications/adapters/receivers.https.ts'
import { systemClock } from '../../functions/runtime/clock.ts'

describe('the URL of a webhook', () => {
  test.each([
    'https://hooks.shop.com/a?b=c',
    'https://93.184.216.34/',
    'https://[2606:4700::1111]/x',
    'https://x.co:443/',
  ])('may be %s', (url) => expect(faultOf(url, 'public')).toBeUndefined())

  test.each([
    // Loopback, in every notation.
    'https://127.0.0.1/',
    'https://127.1/',
    'https://2130706433/',
    'https://0x7f000001/',
    'https://0x7f.1/',
    'https://0177.0.0.1/',
    'https://017700000001/',
    'https://127.0.0.1./',
    'https://①②⑦.0.0.1/',
    'https://127。0。0。1/',
    'https://%31%32%37.0.0.1/',
    'https://[::1]/',
    'https://[0:0:0:0:0:0:0:1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:7f00:1]/',
    'https://[::127.0.0.1]/',
    'https://[::ffff:0:127.0.0.1]/',
    // Private, shared, of the link, of the cloud.
    'https://10.0.0.1/',
    'https://172.16.0.1/',
    'https://172.31.255.255/',
    'https://192.168.1.1/',
    'https://100.64.0.1/',
    'https://169.254.169.254/latest/meta-data',
    'https://0xa9fea9fe/',
    'https://169.254.170.2/',
    'https://[fd00:ec2::254]/',
    'https://[fe80::1]/',
    'https://[fc00::1]/',
    'https://[fec0::1]/',
    // That stand for others.
    'https://[2002:7f00:1::]/',
    'https://[2002:a9fe:a9fe::]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[64:ff9b:1::a00:1]/',
    'https://[2001:0:7f00:1::]/',
    'https://[::a00:1]/',
    'https://192.88.99.1/',
    // Of nobody, of all, of examples.
    'https://0.0.0.0/',
    'https://0/',
    'https://[::]/',
    'https://255.255.255.255/',
    'https://224.0.0.1/',
    'https://[ff02::1]/',
    'https://192.0.2.1/',
    'https://198.51.100.1/',
    'https://203.0.113.1/',
    'https://198.18.0.1/',
    'https://240.0.0.1/',
    'https://[2001:db8::1]/',
    'https://[3fff::1]/',
    'https://[100::1]/',
    'https://[5f00::1]/',
    'https://[4000::1]/',
    // Names of this machine and this house.
    'https://localhost/',
    'https://LOCALHOST./',
    'https://a.localhost/',
    'https://printer.local/',
    'https://metadata.google.internal/',
    'https://intranet/',
    // Anything else than https at its port.
    'http://hooks.shop.com/',
    'http://127.0.0.1/',
    'https://hooks.shop.com:8443/',
    'https://hooks.shop.com:22/',
    'https://user@hooks.shop.com/',
    'https://user:secret@hooks.shop.com/',
    'https://:secret@hooks.shop.com/',
    'https://hooks.shop.com/#part',
    'ftp://hooks.shop.com/',
    'file:///etc/passwd',
    'data:text/plain,hello',
    'hooks.shop.com',
    '',
  ])('may not be %s', (url) => expect(faultOf(url, 'public')).toEqual(expect.any(String)))

  test.each(['http://127.0.0.1:9000/', 'http://localhost:1/', 'http://[::1]:80/x', 'https://127.1:8443/'])(
    'may be %s on the laptop alone',
    (url) => {
      expect(faultOf(url, 'public-and-loopback')).toBeUndefined()
      expect(faultOf(url, 'public')).toBeDefined()
    },
  )

  test.each(['http://10.0.0.1/', 'http://hooks.shop.com/', 'https://169.254.169.254/', 'http://a@127.0.0.1/'])(
    'may not be %s on the laptop either',
    (url) => expect(faultOf(url, 'public-and-loopback')).toBeDefined(),
  )

  it('is not reached by an address with a zone', () => expect(mayReach('2606:4700::1111%eth0', 'public')).toBe(false))
})

describe('a name', () => {
  const open: (() => void)[] = []
  afterEach(() => open.splice(0).forEach((close) => close()))

  const answering = (...answers: readonly (readonly string[])[]): { asked: string[]; resolve: Resolve } => {
    const asked: string[] = []
    const resolve: Resolve = async (name) => {
      asked.push(name)
      const addresses = answers[Math.min(asked.length, answers.length) - 1] ?? []
      return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
    }
    return { asked, resolve }
  }
  const send = (url: string, { resolve }: { resolve: Resolve }, reach: 'public' | 'public-and-loopback' = 'public') =>
    httpsReceivers({ reach, clock: systemClock, resolve, timeoutMs: 2_000 }).send({ url, headers: {}, body: '{}' })

  test.each([
    [['127.0.0.1']],
    [['10.1.2.3']],
    [['169.254.169.254']],
    [['::ffff:10.0.0.1']],
    [['64:ff9b::a00:1']],
    // One good address of two does not help: the next connection could take the other one.
    [['93.184.216.34', '127.0.0.1']],
    [['2606:4700::1111', '::1']],
  ])('that leads to %j is not reached', async (addresses) => {
    expect(await send('https://hooks.shop.com/', answering(addresses))).toEqual({ error: 'address_not_allowed' })
  })

  it('that nobody knows is an error', async () => {
    expect(await send('https://hooks.shop.com/', answering([]))).toEqual({ error: 'ENOTFOUND' })
  })

  it('is asked for once: a second answer that leads elsewhere is never used', async () => {
    let requests = 0
    const server = createServer((request, response) => {
      requests += 1
      response.end(request.headers.host)
    })
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    open.push(() => server.close())
    const { port } = server.address() as AddressInfo
    // The first answer is one that may be reached, the second one is not.
    const names = answering(['127.0.0.1'], ['10.0.0.1'])
    const answer = await send(`http://localhost:${port}/`, names, 'public-and-loopback')
    expect(answer).toMatchObject({ status: 200, body: `localhost:${port}` })
    expect(names.asked).toEqual(['localhost'])
    expect(requests).toBe(1)
    expect(await send(`http://localhost:${port}/`, names, 'public-and-loopback')).toEqual({
      error: 'address_not_allowed',
    })
  })

  it('of which there is no answer ends with the time of the attempt', async () => {
    const resolve: Resolve = () => new Promise(() => {})
    const receivers = httpsReceivers({ reach: 'public', clock: systemClock, resolve, timeoutMs: 30 })
    expect(await receivers.send({ url: 'https://hooks.shop.com/', headers: {}, body: '{}' })).toEqual({
      error: 'timeout',
    })
  })
})

test.each([
  ['120', 120_000],
  ['0', undefined],
  ['-5', undefined],
  ['soon', undefined],
  ['1e3', undefined],
  ['Sun, 29 Nov 2026 12:00:30 GMT', 30_000],
  ['Sun, 29 Nov 2026 11:00:00 GMT', undefined],
  [undefined, undefined],
])('Retry-After: %s is %s', (header, expected) => {
  expect(retryAfterOf(header, Date.parse('2026-11-29T12:00:00Z'))).toBe(expected)
})
