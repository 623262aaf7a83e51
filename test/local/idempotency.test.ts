import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type RawAnswer, routes } from '../../schemas/client.ts'
import type { RouteContract } from '../../schemas/contract.ts'
import { type Sample, type Variant, samplesOf } from './keyed-requests.ts'
import { type SignedIn, newcomer, raw, signIn, unique } from './target.ts'

type Name = keyof typeof routes
const all: [Name, RouteContract][] = Object.entries(routes).map(([name, route]) => [name as Name, route])
const keyed = all.filter(([, route]) => route.idempotencyKey !== undefined)
const ofUsers = keyed.filter(([, { who }]) => who === 'user')

let operator: SignedIn

beforeAll(async () => {
  operator = await signIn('operator')
})

const made: Sample[] = []

afterEach(async () => {
  for (const { end } of made.splice(0)) await end?.()
})

async function sample(name: Name, by?: SignedIn): Promise<{ readonly by: SignedIn; readonly sample: Sample }> {
  const make = samplesOf(operator)[name]
  if (make === undefined) throw new Error(`${name} takes an Idempotency-Key: add its requests to keyed-requests.ts.`)
  const who = routes[name].who !== 'user' ? operator : (by ?? (await newcomer()))
  const fresh = await make(who)
  made.push(fresh)
  return { by: who, sample: fresh }
}

function send(name: Name, { token }: SignedIn, { params = {}, body }: Variant, key: string): Promise<RawAnswer> {
  const { method, path }: RouteContract = routes[name]
  return raw({
    method,
    path: path.replaceAll(/\{(\w+)\}/g, (_, param: string) => params[param] ?? ''),
    headers: {
      authorization: `Bearer ${token}`,
      'idempotency-key': key,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
}

const codeOf = ({ body }: RawAnswer): string => (body as { code?: string } | undefined)?.code ?? ''
const succeeded = ({ status }: RawAnswer): boolean => status < 300
const isReplayed = ({ headers }: RawAnswer): boolean => headers.get('idempotent-replayed') === 'true'
/** What happens to a payment afterwards shows in each answer. */
const standing: ReadonlySet<Name> = new Set(['payOrder', 'refundOrder', 'closeRefund', 'cancelOrderLine'])

/** One of them had the effect, and the others got its answer. */
function expectOneEffect(name: Name, answers: readonly RawAnswer[]): void {
  const outcomes = answers.map((answer) => `${answer.status} ${codeOf(answer)}`)
  expect(answers.every(succeeded), outcomes.join(', ')).toBe(true)
  expect(answers.filter((answer) => !isReplayed(answer))).toHaveLength(1)
  const { once = [] }: RouteContract['answer'] = routes[name].answer
  for (const answer of answers) {
    const body = answer.body as Readonly<Record<string, unknown>>
    expect(once.filter((field) => field in body)).toEqual(isReplayed(answer) ? [] : once)
    if (!standing.has(name)) expect(lasting(body, once)).toEqual(lasting(answers[0]!.body, once))
  }
}

/** The body without what one of the answers alone has. */
const lasting = (body: unknown, once: readonly string[]): unknown =>
  once.length === 0
    ? body
    : Object.fromEntries(Object.entries(body as object).filter(([field]) => ![...once, 'withheld'].includes(field)))

/** The same for all routes: on another route it is another key. */
const key = unique('one-key')

describe('one key at once', () => {
  it.each(keyed)('with different requests of %s: one of them wins, and the others are refused', async (name) => {
    const { by, sample: of } = await sample(name)
    const { requests, effects } = of
    const racing = [0, 1, 2].flatMap(() => requests.map((request, variant) => ({ request, variant })))
    const answers = await Promise.all(
      racing.map(async ({ request, variant }) => ({ variant, answer: await send(name, by, request, key) })),
    )
    const winners = new Set(answers.filter(({ answer }) => succeeded(answer)).map(({ variant }) => variant))
    expect([...winners]).toHaveLength(1)
    const [won, lost] = [true, false].map((wins) =>
      answers.filter(({ variant }) => winners.has(variant) === wins).map(({ answer }) => answer),
    )
    expectOneEffect(name, won!)
    for (const answer of lost!) expect([answer.status, codeOf(answer)]).toEqual([422, 'idempotency_key_reused'])
    expect(await effects()).toBe(1)
    const late = requests.filter((_, variant) => !winners.has(variant))
    for (const request of late) expect(codeOf(await send(name, by, request, key))).toBe('idempotency_key_reused')
    expect(await effects()).toBe(1)
  })

  it.each(keyed)('with the same request of %s: it has one effect, and all get its answer', async (name) => {
    const { by, sample: of } = await sample(name)
    const [request] = of.requests
    const mine = unique('same')
    const answers = await Promise.all(Array.from({ length: 8 }, () => send(name, by, request!, mine)))
    answers.push(await send(name, by, request!, mine))
    expectOneEffect(name, answers)
    expect(await of.effects()).toBe(1)
  })

  it.each(ofUsers)('of two users of %s: each has an effect of his own', async (name) => {
    const two = await Promise.all([sample(name), sample(name)])
    const mine = unique('shared')
    const answers = await Promise.all(two.map(({ by, sample: { requests } }) => send(name, by, requests[0]!, mine)))
    expect(answers.map((answer) => [succeeded(answer), isReplayed(answer)])).toEqual([
      [true, false],
      [true, false],
    ])
    expect(await Promise.all(two.map(({ sample: { effects } }) => effects()))).toEqual([1, 1])
  })
})
