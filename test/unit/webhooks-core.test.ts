import { describe, expect, it, test } from 'vitest'
import { keyOf, openedWith, sealedWith } from '../../functions/notifications/adapters/seals.ts'
import { secretOf, signedHeaders } from '../../functions/notifications/adapters/signature.ts'
import {
  type Attempt,
  type Delivery,
  again,
  attempted,
  givenUp,
  isTooLate,
  madeAt,
} from '../../functions/notifications/core/webhooks/delivery.ts'
import { type Endpoint, changed, rotated, signingAt } from '../../functions/notifications/core/webhooks/endpoint.ts'
import { matches } from '../../functions/notifications/core/webhooks/matching.ts'
import { bodyOf, sequenceOf } from '../../functions/notifications/core/webhooks/payload.ts'
import {
  afterFailure,
  afterSuccess,
  healthIn,
  healthy,
  isHopeless,
  mayBeUnderWay,
} from '../../functions/notifications/core/webhooks/pump.ts'
import { publicEvents } from '../../schemas/topology.ts'
import { eventPatterns } from '../../schemas/webhook.ts'

const hour = 3_600_000
const half = () => 0.5
const attemptAt = (at: number, status: number): Attempt => ({ at, durationMs: 20, status })

describe('patterns', () => {
  test.each([
    [['order.placed'], 'order.placed', true],
    [['order.placed'], 'order.placed_again', false],
    [['order.*'], 'order.placed', true],
    [['order.*'], 'orders.placed', false],
    [['order.*'], 'order', false],
    [['*'], 'stock.low', true],
    [['stock.low', 'order.*'], 'payment.failed', false],
  ])('%j of %s: %s', (patterns, name, expected) => expect(matches(patterns, name)).toBe(expected))

  it('are all there are of public events, and nothing else', () => {
    const names = eventPatterns.filter((pattern) => !pattern.endsWith('*'))
    expect(names).toEqual([...new Set(publicEvents.map(({ name }) => name))].toSorted())
    for (const pattern of eventPatterns) expect(publicEvents.some(({ name }) => matches([pattern], name))).toBe(true)
  })
})

describe('the body', () => {
  it('names the event, its order, and which change of the order it is', () => {
    const event = { id: 'ord_1/order@7/order.confirmed', time: '2026-11-29T12:00:00.000Z', data: { orderId: 'ord_1' } }
    expect(JSON.parse(bodyOf('order.confirmed', event))).toEqual({
      id: event.id,
      type: 'order.confirmed',
      timestamp: event.time,
      sequence: 7,
      orderId: 'ord_1',
      data: { orderId: 'ord_1' },
    })
    expect(JSON.parse(bodyOf('stock.low', { ...event, data: { sku: 'TEA' } }))).toEqual({
      id: event.id,
      type: 'stock.low',
      timestamp: event.time,
      data: { sku: 'TEA' },
    })
    expect(sequenceOf('no version')).toBeUndefined()
  })
})

describe('a delivery', () => {
  const fresh = madeAt(0, 'event', 'order.placed')
  /** Every answer is that status, each attempt at its time; when they were, and what is there then. */
  function tried(status: number, random = half): { times: number[]; last: Delivery } {
    const times: number[] = []
    let last = fresh
    while (last.state === 'pending') {
      times.push(last.nextAt!)
      last = attempted(last, 1, { attempt: attemptAt(last.nextAt!, status) }, random)
    }
    return { times, last }
  }

  it('that arrives is not sent again', () => {
    expect(tried(204)).toMatchObject({ times: [0], last: { state: 'delivered', attempts: 1 } })
  })

  test.each([() => 0, half, () => 0.999])(
    'is tried at growing distances for 72 hours, then it has failed',
    (random) => {
      const { times, last } = tried(500, random)
      expect(last.state).toBe('failed')
      expect(times.at(-1)).toBe(72 * hour)
      expect(times.length).toBeGreaterThan(20)
      expect(times.length).toBeLessThan(35)
      const distances = times.slice(1, -1).map((time, index) => time - times[index]!)
      expect(distances[0]).toBeLessThanOrEqual(12_100)
      expect(Math.max(...distances)).toBeLessThanOrEqual(4.8 * hour + 20)
      const early = distances.slice(0, 6)
      expect(early.toSorted((a, b) => a - b)).toEqual(early)
    },
  )

  it('ends with 410', () => expect(tried(410)).toMatchObject({ times: [0], last: { state: 'failed' } }))

  it('waits as long as the receiver asks for, and no longer than its end', () => {
    const outcome = (at: number) => ({ attempt: attemptAt(at, 503), retryAfterMs: hour })
    expect(attempted(fresh, 1, outcome(0), half).nextAt).toBe(hour + 20)
    expect(attempted(fresh, 1, outcome(71.9 * hour), half).nextAt).toBe(72 * hour)
  })

  it('that is asked for again is not ended by an attempt of before', () => {
    const asked = again(attempted(fresh, 1, { attempt: attemptAt(0, 500) }, half), hour, 'key')
    expect(attempted(asked, 1, { attempt: attemptAt(hour, 200) }, half)).toMatchObject({
      state: 'pending',
      nextAt: hour,
      attempts: 2,
    })
    expect(attempted(asked, 2, { attempt: attemptAt(hour, 200) }, half)).toMatchObject({ state: 'delivered' })
  })

  it('that is asked for again is not given up with its round of before', () => {
    const asked = again(fresh, 80 * hour, 'key')
    expect(givenUp(asked, 1)).toBe(asked)
    expect(givenUp(asked, 2)).toMatchObject({ state: 'failed' })
  })

  it('that waited elsewhere for too long is not sent', () => {
    expect(isTooLate(fresh, 73 * hour)).toBe(false)
    expect(isTooLate(fresh, 73 * hour + 1)).toBe(true)
  })
})

describe('the health of a receiver', () => {
  const failing = (count: number, at = 0) =>
    Array.from({ length: count }).reduce<ReturnType<typeof healthy>>(
      (health) => afterFailure(health, at, 0, half),
      healthy(1),
    )

  it('lets five under way, then after five failures one, at growing distances', () => {
    expect(mayBeUnderWay(failing(4), 0, 5)).toBe(5)
    expect(mayBeUnderWay(failing(5), 0, 5)).toBe(0)
    expect(mayBeUnderWay(failing(5), 10_000, 5)).toBe(1)
    const distances = [5, 6, 7, 8, 11, 20].map((count) => failing(count).restUntil!)
    expect(distances).toEqual([10_000, 20_000, 40_000, 80_000, 600_000, 600_000])
  })

  it('is good again after one success, but for what another request was asked to wait for', () => {
    expect(afterSuccess(failing(9), 700_000)).toEqual(healthy(1))
    const asked = afterFailure(healthy(1), 0, 60_000, half)
    expect(mayBeUnderWay(asked, 59_000, 5)).toBe(0)
    expect(mayBeUnderWay(afterSuccess(asked, 1_000), 59_000, 5)).toBe(0)
    expect(mayBeUnderWay(asked, 60_000, 5)).toBe(5)
  })

  it('is hopeless after 72 hours, less ten minutes, without a success, and not before', () => {
    expect(isHopeless(failing(5), 72 * hour - 600_001)).toBe(false)
    expect(isHopeless(failing(5), 72 * hour - 600_000)).toBe(true)
    expect(isHopeless(failing(4), 99 * hour)).toBe(false)
    expect(isHopeless(healthIn(failing(50), 2), 99 * hour)).toBe(false)
    expect(isHopeless(afterFailure(healthIn(failing(50), 2), 99 * hour, 0, half), 99 * hour)).toBe(false)
  })
})

describe('an endpoint', () => {
  const endpoint: Endpoint = {
    id: 'whk_1',
    url: 'https://a.com/',
    events: ['*'],
    description: 'ours',
    active: false,
    activation: 3,
    off: { at: 5, reason: 'failing' },
    createdAt: 1,
    secrets: [{ sealed: 'one' }],
  }

  it('that is switched on begins anew, and is the same where nothing changes', () => {
    expect(changed(endpoint, { active: true })).toMatchObject({ active: true, activation: 4 })
    expect(changed(endpoint, { active: true }).off).toBeUndefined()
    expect(changed(endpoint, { active: false, description: 'ours', url: endpoint.url })).toBe(endpoint)
    expect(changed(endpoint, { description: null }).description).toBeUndefined()
  })

  it('signs with two secrets at most, the one before until its time is over', () => {
    const twice = rotated(rotated(endpoint, 'two', 100, 10), 'three', 200, 20)
    expect(signingAt(twice, 199)).toEqual(['three', 'two'])
    expect(signingAt(twice, 200)).toEqual(['three'])
    expect(rotated(endpoint, 'two', 10, 10).secrets).toEqual([{ sealed: 'two' }])
  })
})

describe('secrets', () => {
  const key = keyOf('a text of chance that is long enough')

  it('open with their key, for what they were sealed for, and unchanged alone', () => {
    const sealed = sealedWith(key, 'whsec_x', 'whk_1')
    expect(openedWith(key, sealed, 'whk_1')).toBe('whsec_x')
    expect(sealedWith(key, 'whsec_x', 'whk_1')).not.toBe(sealed)
    expect(() => openedWith(key, sealed, 'whk_2')).toThrow('authenticate data')
    expect(() => openedWith(keyOf('another text of chance, as long as that'), sealed, 'whk_1')).toThrow(
      'authenticate data',
    )
    const bytes = Buffer.from(sealed, 'base64url')
    bytes[bytes.length - 1]! ^= 1
    expect(() => openedWith(key, bytes.toString('base64url'), 'whk_1')).toThrow('authenticate data')
    // A short tag would be guessed.
    expect(() => openedWith(key, sealed.slice(0, 30), 'whk_1')).toThrow('authentication tag')
  })

  it('sign as the standard has it', () => {
    // The example of the specification.
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
    const headers = signedHeaders([secret], 'msg_p5jXN8AQM9LWM0D4loKWxJek', '{"test": 2432232314}', 1_614_265_330_000)
    expect(headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
    expect(secretOf(new Uint8Array(32))).toBe(`whsec_${'A'.repeat(43)}=`)
  })
})
