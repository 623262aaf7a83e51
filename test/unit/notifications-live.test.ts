import { describe, expect, it } from 'vitest'
import { connectionsBehind, textOfFrame } from '../../functions/notifications/adapters/connections.ts'
import type { OrderNews } from '../../functions/notifications/core/order-news.ts'
import { isSent, nothingSent, sequenceOf, withSent } from '../../functions/notifications/core/sequence.ts'
import { type Turns, enter, giveUp, leave, turnMs } from '../../functions/notifications/core/turn.ts'
import { issued, opened, placeOfTicket, ticketMs, ticketOf } from '../../functions/notifications/store/ticket-item.ts'
import { standingOf } from '../../functions/runtime/standing.ts'

const news = (sequence: number, name = 'order.confirmed'): OrderNews =>
  ({ id: `ord_1/order@${sequence}/${name}`, type: name, orderId: 'ord_1', sequence }) as OrderNews

describe('what was sent', () => {
  it('is known by the version in the id of its event', () => {
    expect(sequenceOf('ord_1/order@12/order.shipped')).toBe(12)
  })

  it('is what is older, and of one version each event by itself', () => {
    const sent = withSent(nothingSent, news(3, 'order.delivered'))
    expect(isSent(sent, news(2))).toBe(true)
    expect(isSent(sent, news(3, 'order.delivered'))).toBe(true)
    expect(isSent(sent, news(3, 'order.completed'))).toBe(false)
    // A state that was read has all of its version in it.
    expect(isSent({ sequence: 3 }, news(3, 'order.completed'))).toBe(true)
  })
})

describe('the news of an order', () => {
  const taken = (entered: ReturnType<typeof enter>): Turns =>
    'turns' in entered ? entered.turns : expect.unreachable()

  it('are sent by one at a time, who also sends what comes meanwhile, in its order', () => {
    const first = taken(enter(undefined, news(2), 'a', 0))
    expect(first.waiting).toEqual([news(2)])
    const later = enter(first, news(4), 'b', 10)
    expect(later.as).toBe('left')
    const last = taken(enter(taken(later), news(3), 'c', 20))
    const next = leave(last, [news(2)], 'a', 30)
    expect(next?.waiting).toEqual([news(3), news(4)])
    expect(leave(next!, next!.waiting, 'a', 40)).toEqual({
      sent: { sequence: 4, ids: [news(4).id] },
      begun: 4,
      waiting: [],
    })
  })

  it('do not go back behind what somebody has begun to send', () => {
    const begun = giveUp(taken(enter(undefined, news(9), 'a', 0)), 'a')!
    const after = enter(begun, news(6), 'b', 1)
    expect(taken(after).waiting).toEqual([news(9)])
  })

  it('come again where their own turn may not be over, and take one that is', () => {
    const held = taken(enter(undefined, news(2), 'a', 0))
    expect(enter(held, news(2), 'b', turnMs - 1).as).toBe('doubtful')
    expect(enter(held, news(2), 'b', turnMs).as).toBe('taken')
    expect(leave(held, [news(2)], 'b', 1)).toBeUndefined()
  })
})

describe('a ticket', () => {
  const ticket = ticketOf(new Uint8Array(32).fill(7))
  const { put } = issued(ticket, 'Bearer secret-token', 1_000) as { put: Parameters<typeof opened>[0] }

  it('opens what it stands for until it ends', () => {
    expect(opened(put, ticket, 1_000 + ticketMs - 1)).toBe('Bearer secret-token')
    expect(opened(put, ticket, 1_000 + ticketMs)).toBeUndefined()
  })

  it('is kept as a hash, with a token that only itself can read', () => {
    expect(JSON.stringify(put)).not.toContain(ticket)
    expect(JSON.stringify(put)).not.toContain('secret-token')
    expect(() => opened(put, ticketOf(new Uint8Array(32).fill(8)), 1_000)).toThrow('authenticate')
    expect(placeOfTicket('short')).toBeUndefined()
  })
})

describe('a connection', () => {
  it.each([
    [{ name: 'GoneException' }, 'gone'],
    [{ name: 'Unknown', $metadata: { httpStatusCode: 410 } }, 'gone'],
    [{ name: 'TimeoutError' }, 'late'],
  ])('that answers %j is %s', async (error, outcome) => {
    const refuse = async (): Promise<never> => {
      throw Object.assign(new Error(), error)
    }
    const connections = connectionsBehind({ post: refuse, delete: refuse })
    expect(await connections.send('id', { type: 'pong' })).toBe(outcome)
  })

  it('gets no frame of more than 32 KB', () => {
    expect(() => textOfFrame({ type: 'error', code: 'unavailable', message: 'x'.repeat(32_768) })).toThrow(RangeError)
  })

  it('keeps of a token what its rights are known by, and not the token', () => {
    const claims = { sub: 'ann', exp: 5, origin_jti: 's', 'cognito:groups': ['operator'] }
    const token = `head.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.sign`
    const standing = { kind: 'user', id: 'ann', session: 's', groups: ['operator'], until: 5_000 }
    expect(standingOf(`Bearer ${token}`)).toEqual(standing)
    expect(standingOf('Bearer nonsense')).toBeUndefined()
    expect(standingOf('Bearer hfk_nonsense')).toBeUndefined()
  })
})
