import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { advance } from './control.ts'
import { type SignedIn, newcomer, place, signIn, stocked, until } from './target.ts'
import { type Behaviour, type Receiver, receiver } from './webhook-receiver.ts'

let operator: SignedIn
let customer: SignedIn
let sku: string
const receivers: Receiver[] = []
const made: string[] = []

beforeAll(async () => {
  operator = await signIn('operator')
  customer = await newcomer()
  sku = await stocked(operator, 1_000)
})

async function end(): Promise<void> {
  for (const id of made.splice(0)) await operator.api.deleteWebhook({ params: { id } }).catch(() => undefined)
  for (const each of receivers.splice(0)) await each.close()
}
afterEach(end)

// The last wake-ups of what is deleted.
afterAll(() => advance('2m'))

async function listening(behaviour?: Behaviour) {
  const there = await receiver(behaviour)
  receivers.push(there)
  const webhook = await operator.api.createWebhook({ body: { url: there.url, events: ['order.placed'] } })
  made.push(webhook.id)
  return { there, params: { id: webhook.id } }
}

type Listening = Awaited<ReturnType<typeof listening>>

const deliveriesOf = async ({ params }: Listening) =>
  (await operator.api.listWebhookDeliveries({ params, query: { limit: 100 } })).items

const attempted = (webhook: Listening, count = 1) =>
  until(
    () => deliveriesOf(webhook),
    ([first]) => first !== undefined && first.attempts.length >= count,
  )

/** Lets time pass, a minute at a time, until every delivery has arrived. */
const arrived = (webhook: Listening) =>
  until(
    async () => {
      const all = await deliveriesOf(webhook)
      if (!all.every(isDelivered)) await advance('1m')
      return all
    },
    (all) => all.every(isDelivered),
    60_000,
  )

const isDelivered = ({ state }: { readonly state: string }): boolean => state === 'delivered'

async function ordered(count = 1): Promise<void> {
  await Promise.all(Array.from({ length: count }, () => place(customer, { [sku]: 1 }, { waits: false })))
}

const inbox = async (webhookId: string) => {
  const { items } = await operator.api.listNotifications({ query: { limit: 100 } })
  return items.filter(({ kind, text }) => kind === 'webhook_off' && text.includes(webhookId))
}

describe('a receiver', () => {
  it('that wants no more is left alone at once, and operators know', async () => {
    const webhook = await listening(410)
    await ordered()
    const off = await until(
      () => operator.api.getWebhook(webhook),
      ({ active }) => !active,
    )
    expect(off.off?.reason).toBe('gone')
    expect(await deliveriesOf(webhook)).toMatchObject([{ state: 'failed', attempts: [{ status: 410 }] }])
    expect(await inbox(webhook.params.id)).toHaveLength(1)
    await ordered()
    await expect(operator.api.testWebhook(webhook)).rejects.toMatchObject({ code: 'webhook_off' })
    expect(webhook.there.got).toHaveLength(1)
  })

  describe('that fails for three days', () => {
    let failing: Listening
    let failingToo: Listening
    let since: string
    /** What stays until both tests are through. */
    let kept: readonly [string[], Receiver[]] = [[], []]
    let afterLess: { readonly active: boolean; readonly attempts: number }

    // The days are the same for both.
    beforeAll(async () => {
      failingToo = await listening(400)
      since = new Date(Date.parse((await operator.api.getWebhook(failingToo)).createdAt) - 1_000).toISOString()
      await ordered(3)
      await until(
        () => deliveriesOf(failingToo),
        (all) => all.length === 3 && all.every(({ attempts }) => attempts.length > 0),
      )
      failing = await listening(500)
      await ordered()
      await attempted(failing)
      await advance('71h')
      await advance('30m')
      const [tried] = await deliveriesOf(failing)
      const { active } = await operator.api.getWebhook(failing)
      afterLess = { active, attempts: tried!.attempts.length }
      await advance('2h')
      await until(
        () => Promise.all([failing, failingToo].map((each) => operator.api.getWebhook(each))),
        (all) => all.every(({ active }) => !active),
      )
      kept = [made.splice(0), receivers.splice(0)]
    }, 240_000)
    afterAll(() => {
      made.push(...kept[0])
      receivers.push(...kept[1])
      return end()
    })

    it('is switched off with a message, and begins with a fresh count when it is on again', async () => {
      expect(afterLess.active).toBe(true)
      expect(afterLess.attempts).toBeGreaterThan(15)
      expect(afterLess.attempts).toBeLessThan(40)
      const { off } = await operator.api.getWebhook(failing)
      expect(off?.reason).toBe('failing')
      // Its last attempt may have been in the ten minutes before, and then waits for the end.
      expect(['failed', 'pending']).toContain((await deliveriesOf(failing))[0]?.state)
      expect(await inbox(failing.params.id)).toHaveLength(1)
      // On again: one failure more is one, and not one too many.
      const on = await operator.api.updateWebhook({ ...failing, body: { active: true } })
      expect(on).toMatchObject({ active: true })
      expect(on.off).toBeUndefined()
      await ordered()
      await until(
        () => deliveriesOf(failing),
        ([first]) => first?.state === 'pending' && first.attempts.length > 0,
      )
      expect(await operator.api.getWebhook(failing)).toMatchObject({ active: true })
      failing.there.behave(200)
      await advance('1m')
      await until(
        () => deliveriesOf(failing),
        ([first]) => first?.state === 'delivered',
      )
    })

    it('gets once more what has failed since a time, step by step', async () => {
      failingToo.there.behave(200)
      await operator.api.updateWebhook({ ...failingToo, body: { active: true } })
      let [cursor, redelivered]: [string | undefined, number] = [undefined, 0]
      do {
        const step = await operator.api.redeliverFailedDeliveries({
          ...failingToo,
          query: { ...(cursor !== undefined && { cursor }) },
          body: { since },
        })
        cursor = step.cursor
        redelivered += step.redelivered
      } while (cursor !== undefined)
      expect(redelivered).toBeGreaterThanOrEqual(2)
      await arrived(failingToo)
      expect(await operator.api.redeliverFailedDeliveries({ ...failingToo, query: {}, body: { since } })).toEqual({
        redelivered: 0,
      })
    })
  })

  it('that hangs delays nobody but itself, and has five requests at a time', { timeout: 120_000 }, async () => {
    const hanging = await listening(() => {})
    const quick = await listening()
    await ordered(8)
    await quick.there.has(8)
    await hanging.there.has(5)
    expect(hanging.there.underWay.most).toBeGreaterThan(1)
    expect(hanging.there.underWay.most).toBeLessThanOrEqual(5)
    // Five failed in a row: one at a time shows whether it answers again. One or two may have been sent before the others were there.
    const failed = await until(
      () => deliveriesOf(hanging),
      (all) => all.filter(({ attempts }) => attempts.length > 0).length >= 5,
      45_000,
    )
    expect(failed.filter(({ attempts }) => attempts.length === 0)).not.toHaveLength(0)
    expect(failed.find(({ attempts }) => attempts.length > 0)!.attempts[0]).toMatchObject({ error: 'timeout' })
    hanging.there.behave(204)
    await arrived(hanging)
  })

  it.each([
    [
      'answers five megabytes',
      (response) => response.writeHead(200).end('x'.repeat(5_000_000)),
      { state: 'delivered', attempts: [{ status: 200, body: 'x'.repeat(1_024) }] },
    ],
    [
      'answers with letters that are cut',
      (response) => response.writeHead(500).end('é'.repeat(2_000)),
      { state: 'pending', attempts: [{ status: 500, body: 'é'.repeat(512) }] },
    ],
    [
      'redirects',
      (response) => response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end(),
      { state: 'pending', attempts: [{ status: 302, error: 'redirect' }] },
    ],
    [
      'closes at once',
      (response) => response.socket?.destroy(),
      { state: 'pending', attempts: [{ error: 'ECONNRESET' }] },
    ],
    [
      'never ends its answer',
      (response) => {
        const trickle = setInterval(() => response.write('.'), 500)
        response.on('close', () => clearInterval(trickle))
        response.writeHead(200)
      },
      { state: 'pending', attempts: [{ error: 'timeout' }] },
    ],
  ] satisfies [string, Behaviour, object][])('that %s gets no more than its time', async (_, behaviour, expected) => {
    const webhook = await listening(behaviour)
    await ordered()
    const [delivery] = await attempted(webhook)
    expect(delivery).toMatchObject(expected)
    expect(delivery!.attempts[0]!.durationMs).toBeLessThan(12_000)
  })
})
