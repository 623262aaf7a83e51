import { type Socket, type AddressInfo, createServer } from 'node:net'
import { afterEach, describe, expect, it, test } from 'vitest'
import { httpsReceivers } from '../../functions/notifications/adapters/receivers.https.ts'
import { systemClock } from '../../functions/runtime/clock.ts'

const open: (() => void)[] = []
afterEach(() => open.splice(0).forEach((close) => close()))

/** A receiver that does this with the connection of each request, once the request has come. */
async function receiving(answer: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    open.push(() => socket.destroy())
    socket.on('error', () => {})
    socket.once('data', () => answer(socket))
  })
  open.push(() => server.close())
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
}

const sendTo = (url: string, timeoutMs: number) =>
  httpsReceivers({ reach: 'public-and-loopback', clock: systemClock, timeoutMs }).send({ url, headers: {}, body: '{}' })

/** More than any answer takes here: what waits for it fails its test. */
const longMs = 60_000
const shortMs = 150

const switching = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'
const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'

describe('a receiver', () => {
  test.each<[string, (socket: Socket) => void]>([
    ['and keeps the connection', (socket) => socket.write(switching)],
    ['and closes the connection', (socket) => socket.end(switching)],
    ['without a name of another', (socket) => socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n')],
    ['and goes on in it', (socket) => socket.write(`${switching}${ok}`)],
  ])('that changes the protocol %s has answered at once, with an error', async (_, answer) => {
    expect(await sendTo(await receiving(answer), longMs)).toEqual({ status: 101, error: 'upgrade' })
  })

  it('that changes the protocol has its connection closed', async () => {
    const closed = Promise.withResolvers<boolean>()
    const url = await receiving((socket) => {
      socket.on('close', () => closed.resolve(true))
      socket.write(switching)
    })
    await sendTo(url, longMs)
    expect(await closed.promise).toBe(true)
  })

  test.each([
    ['100', 'HTTP/1.1 100 Continue\r\n\r\n'],
    ['102', 'HTTP/1.1 102 Processing\r\n\r\n'],
    ['103', 'HTTP/1.1 103 Early Hints\r\nlink: </a.css>; rel=preload\r\n\r\n'],
  ])('that answers %s first is waited for until its time is over', async (_, first) => {
    expect(await sendTo(await receiving((socket) => socket.write(first)), shortMs)).toEqual({ error: 'timeout' })
    expect(await sendTo(await receiving((socket) => socket.write(`${first}${first}${ok}`)), longMs)).toEqual({
      status: 200,
      body: 'ok',
    })
  })

  test.each<[string, (socket: Socket) => void]>([
    ['never answers', () => {}],
    ['sends half a header', (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-le')],
    ['sends half an answer', (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf')],
  ])('that %s gets no more than its time', async (_, answer) => {
    expect(await sendTo(await receiving(answer), shortMs)).toEqual({ error: 'timeout' })
  })

  test.each<[string, (socket: Socket) => void, object]>([
    ['closes within its header', (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-le'), { error: 'ECONNRESET' }],
    [
      'answers in another protocol',
      (socket) => socket.end('220 mail.shop.com ESMTP\r\n'),
      { error: 'HPE_INVALID_CONSTANT' },
    ],
    [
      'sends a header without end',
      (socket) => socket.write(`HTTP/1.1 200 OK\r\nx: ${'x'.repeat(20_000)}`),
      { error: 'HPE_HEADER_OVERFLOW' },
    ],
  ])('that %s is an error with a code', async (_, answer, expected) => {
    expect(await sendTo(await receiving(answer), longMs)).toEqual(expected)
  })
})
