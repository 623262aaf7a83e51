import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { FrameSizes } from '../../localstack/apigateway/frame-sizes.ts'
import { HttpApi } from '../../localstack/apigateway/http-api.ts'
import { WebSocketApi } from '../../localstack/apigateway/websocket-api.ts'
import { VirtualClock } from '../../localstack/clock/clock.ts'
import type { InvokeResult } from '../../localstack/lambda/invoke.ts'

interface Event {
  readonly type?: string
  readonly body?: string
  readonly requestContext: Readonly<Record<string, unknown>> & {
    readonly authorizer?: Readonly<Record<string, string>>
  }
}

let http: HttpApi
let api: WebSocketApi
let clock: VirtualClock
let url: string
let seen: Event[] = []
let policy: () => InvokeResult
let answer: (event: Event) => InvokeResult
let heard = (): void => {}

const ok = (payload: unknown): InvokeResult => ({ requestId: 'r', payload })
const failed = (errorMessage: string): InvokeResult => ({
  requestId: 'r',
  payload: { errorMessage },
  functionError: 'Unhandled',
})
const arn = 'arn:aws:execute-api:us-east-1:000000000000:abc'
const policyOf = (Effect: string, Resource = `${arn}/live/$connect`) =>
  ok({
    principalId: 'ann',
    policyDocument: { Statement: [{ Action: 'execute-api:Invoke', Effect, Resource }] },
    context: { authorization: 'Bearer t', count: 1 },
  })

beforeEach(async () => {
  seen = []
  policy = () => policyOf('Allow')
  answer = () => ok({ statusCode: 200 })
  clock = new VirtualClock(Date.parse('2026-11-29T12:00:00Z'))
  const invoke = async (event: unknown): Promise<InvokeResult> => {
    seen.push(event as Event)
    heard()
    return answer(event as Event)
  }
  api = new WebSocketApi(
    {
      id: 'abc',
      stage: 'live',
      arn,
      routes: new Map(['$connect', '$disconnect', '$default', 'shout'].map((key) => [key, invoke])),
      authorize: async (event) => {
        seen.push(event as Event)
        return policy()
      },
    },
    clock,
  )
  http = new HttpApi()
  http.upgradeWith((request, socket, head) => api.upgrade(request, socket, head))
  url = `ws://localhost:${await http.listen(0)}/live`
})

afterEach(async () => {
  api.stop()
  await http.stop()
})

async function open(path = ''): Promise<WebSocket> {
  const socket = new WebSocket(url + path, { headers: { Authorization: 'Bearer t' } })
  await once(socket, 'open')
  return socket
}

const refused = (path = ''): Promise<number> =>
  new Promise((resolve) => {
    const socket = new WebSocket(url + path)
    socket.on('error', () => {})
    socket.on('unexpected-response', (_, response) => resolve(response.statusCode ?? 0))
  })

async function event(is: (event: Event) => boolean): Promise<Event> {
  for (;;) {
    const found = seen.find(is)
    if (found) return found
    await new Promise<void>((resolve) => (heard = resolve))
  }
}
const isOf = (kind: string) => (each: Event) => each.requestContext['eventType'] === kind && each.type === undefined

describe('a connection', () => {
  test('is authorized by what came with its request, and keeps what the authorizer gave', async () => {
    await open('?ticket=x')
    const [asked, connect] = seen
    expect(asked).toMatchObject({
      type: 'REQUEST',
      methodArn: `${arn}/live/$connect`,
      headers: { Authorization: 'Bearer t' },
      queryStringParameters: { ticket: 'x' },
      requestContext: { routeKey: '$connect', eventType: 'CONNECT', stage: 'live', apiId: 'abc' },
    })
    expect(connect?.requestContext.authorizer).toEqual({
      authorization: 'Bearer t',
      count: '1',
      principalId: 'ann',
    })
  })

  test.each([
    ['a policy that denies', () => policyOf('Deny'), 403],
    ['a policy of something else', () => policyOf('Allow', `${arn}/other/*`), 403],
    ['an error Unauthorized', () => failed('Unauthorized'), 401],
    ['any other error', () => failed('broken'), 500],
    ['what is no policy', () => ok({}), 500],
  ])('is refused by %s', async (_, judged, status) => {
    policy = judged
    expect(await refused()).toBe(status)
    expect(api.connections()).toEqual([])
  })

  test('is refused by its function, and under another path', async () => {
    answer = () => ok({ statusCode: 401 })
    expect(await refused()).toBe(401)
    expect(await refused('/more')).toBe(403)
  })

  test('ends after ten minutes without a message, or after two hours', async () => {
    const idle = await open()
    const closed = once(idle, 'close')
    await clock.advance(600_000)
    expect((await closed)[0]).toBe(1001)
    const busy = await open()
    const ended = once(busy, 'close')
    for (let minutes = 0; minutes < 126; minutes += 7) {
      const [id = ''] = api.connections()
      api.post(id, Buffer.from('{}'))
      await clock.advance(7 * 60_000)
    }
    expect((await ended)[0]).toBe(1001)
    expect((await event(isOf('DISCONNECT'))).requestContext['disconnectStatusCode']).toBe(1001)
  })

  test.each([
    ['a frame of more than 32 KB', (socket: WebSocket) => socket.send('x'.repeat(32_769))],
    [
      'a message of more than 128 KB',
      (socket: WebSocket) => {
        for (let part = 0; part < 5; part += 1) socket.send('x'.repeat(32_000), { fin: part === 4 })
      },
    ],
  ])('ends with 1009 at %s', async (_, send) => {
    const socket = await open()
    const closed = once(socket, 'close')
    send(socket)
    expect((await closed)[0]).toBe(1009)
    expect(seen.filter(isOf('MESSAGE'))).toEqual([])
  })
})

describe('a message', () => {
  test.each([
    ['its action', '{"action":"shout"}', 'shout'],
    ['an action that has no route', '{"action":"sing"}', '$default'],
    ['an action of the gateway', '{"action":"$connect"}', '$default'],
    ['what is not JSON', 'garbage', '$default'],
  ])('goes where it belongs by %s', async (_, text, routeKey) => {
    const socket = await open()
    socket.send(text)
    const message = await event(isOf('MESSAGE'))
    expect(message).toMatchObject({ body: text, isBase64Encoded: false, requestContext: { routeKey } })
    expect(message.requestContext.authorizer?.['principalId']).toBe('ann')
  })

  test('that its function fails at is answered with an error frame', async () => {
    const socket = await open()
    answer = () => failed('broken')
    const frame = once(socket, 'message')
    socket.send('{}')
    expect(JSON.parse(String((await frame)[0]))).toMatchObject({ message: 'Internal server error' })
  })
})

describe('what is posted', () => {
  test('comes to the client, in frames where it is large, and is refused where it is too large', async () => {
    const socket = await open()
    const [id = ''] = api.connections()
    const message = once(socket, 'message')
    api.post(id, Buffer.from('x'.repeat(100_000)))
    expect(String((await message)[0])).toHaveLength(100_000)
    expect(() => api.post(id, Buffer.alloc(131_073))).toThrow(expect.objectContaining({ status: 413 }) as Error)
    expect(api.get(id)).toMatchObject({ connectedAt: '2026-11-29T12:00:00.000Z' })
  })

  test('is 410 for a connection that has ended, or never was', async () => {
    const socket = await open()
    const [id = ''] = api.connections()
    const closed = once(socket, 'close')
    api.delete(id)
    expect((await closed)[0]).toBe(1000)
    for (const each of [id, 'nobody=']) {
      const gone = expect.objectContaining({ code: 'GoneException', status: 410 }) as Error
      expect(() => api.post(each, Buffer.from('{}'))).toThrow(gone)
      expect(() => api.delete(each)).toThrow(gone)
    }
  })
})

test('the sizes of frames are read whatever the pieces that they come in', () => {
  const small = Buffer.concat([Buffer.from([0x81, 0x80 | 126, 0x7f, 0xff, 1, 2, 3, 4]), Buffer.alloc(0x7fff)])
  const large = Buffer.from([0x81, 0x80 | 127, 0, 0, 0, 0, 0, 0, 0x80, 1, 1, 2, 3, 4])
  for (const piece of [1, 7, 100_000]) {
    const sizes = new FrameSizes(32_768)
    const taken: boolean[] = []
    const all = Buffer.concat([small, small, large])
    for (let at = 0; at < all.length; at += piece) taken.push(sizes.take(all.subarray(at, at + piece)))
    expect(taken.filter(Boolean)).toHaveLength(1)
    expect(taken.at(-5) ?? false).toBe(false)
  }
})
