import { inject } from 'vitest'
import { renewingFetch } from '../../bin/replay/renewing-fetch.ts'
import type { ProductInput } from '../../schemas/catalog.ts'
import type { OrderInput } from '../../schemas/order-input.ts'
import { type Api, type RawAnswer, type RawRequest, api, send } from '../../schemas/client.ts'

/**
 * The running system that the tests talk to. Another target changes its base URL (HOLDFAST_URL) and how its users sign in (the
 * variables below); tests that move time or break things need the control API and run on the local stack alone.
 */
export const baseUrl: string = inject('baseUrl')
export const isLocal: boolean = inject('isLocal')
/** Takes what webhooks send, for as long as the system runs: what a file leaves behind is nobody's trouble. */
export const receiverUrl: string = inject('receiverUrl')

export interface Account {
  readonly email: string
  readonly password: string
}

const account = (name: string, email: string, password: string): Account => ({
  email: process.env[`HOLDFAST_${name}_EMAIL`] ?? email,
  password: process.env[`HOLDFAST_${name}_PASSWORD`] ?? password,
})

export const accounts = {
  operator: account('OPERATOR', 'operator@holdfast.test', 'Operator-1!'),
  customer: account('CUSTOMER', 'customer@holdfast.test', 'Customer-1!'),
  other: account('OTHER', 'other@holdfast.test', 'Customer-1!'),
}

export interface SignedIn {
  readonly api: Api
  readonly token: string
  readonly userId: string
  readonly send: (request: RawRequest) => Promise<RawAnswer>
}

export const anonymous: Api = api({ baseUrl })

/** Sends a request as it is, without a token. */
export const raw = (request: RawRequest): Promise<RawAnswer> => send({ baseUrl }, request)

/** Signs in, and again whenever the clock was moved past the end of the token. */
export async function signIn(who: keyof typeof accounts | Account): Promise<SignedIn> {
  const body = typeof who === 'string' ? accounts[who] : who
  const { accessToken: token, user } = await anonymous.signIn({ body })
  const renewed = async (): Promise<string> => (await anonymous.signIn({ body })).accessToken
  const options = { baseUrl, token, fetch: renewingFetch(token, renewed) }
  return { api: api(options), token, userId: user.id, send: (request) => send(options, request) }
}

let count = 0
/** A name that no other test, file or run has. */
export const unique = (prefix: string): string =>
  `${prefix}-${process.pid.toString(36)}${Date.now().toString(36)}${(count += 1)}`

/** Asks until the answer is as wanted; fails with the last one after `patienceMs`. */
export async function until<Value>(
  ask: () => Promise<Value>,
  wanted: (value: Value) => boolean,
  patienceMs = 20_000,
): Promise<Value> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    const value = await ask().catch((error: unknown) => error)
    if (!(value instanceof Error) && wanted(value as Value)) return value as Value
    if (performance.now() > deadline)
      throw new Error(`not in ${patienceMs} ms; last: ${JSON.stringify(value) ?? String(value)}`)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** A product with that many units in warehouse main, known to every service. */
export async function stocked(
  operator: SignedIn,
  units: number,
  more: {
    readonly name?: string
    readonly price?: number
    readonly currency?: string
    readonly unique?: boolean
    readonly active?: boolean
    readonly backorder?: ProductInput['backorder']
  } = {},
): Promise<string> {
  const sku = unique('sku')
  const { name = `Product ${sku}`, price = 250, currency = 'GBP', ...flags } = more
  await operator.api.createProduct({
    body: { sku, name, price: { amount: price, currency }, ...flags },
  })
  if (units > 0) await receive(operator, sku, units)
  return sku
}

export async function receive(operator: SignedIn, sku: string, units: number, warehouseId = 'main'): Promise<void> {
  await operator.api.adjustStock({
    params: { sku },
    idempotencyKey: unique('receive'),
    body: { warehouseId, delta: units, reason: 'received' },
  })
}

/** Places an order and, by default, waits for inventory, and for payments where the customer pays at once. */
export function place(
  who: SignedIn,
  lines: Readonly<Record<string, number>>,
  more: {
    readonly holdSeconds?: number
    readonly idempotencyKey?: string
    readonly waits?: boolean
    readonly payment?: OrderInput['payment']
    readonly customerId?: string
    readonly shippingAddress?: OrderInput['shippingAddress']
    readonly shipFrom?: OrderInput['shipFrom']
    readonly backorder?: OrderInput['backorder']
  } = {},
) {
  const { idempotencyKey = unique('order'), waits = true, payment = { method: 'manual' }, ...rest } = more
  return who.api.placeOrder({
    idempotencyKey,
    ...(waits && { prefer: 'wait=8' as const }),
    body: {
      lines: Object.entries(lines).map(([sku, quantity]) => ({ sku, quantity })),
      payment,
      ...rest,
    },
  })
}

/** Adds money to the wallet of a customer, in pence. */
export async function deposit(operator: SignedIn, { userId }: SignedIn, amount: number): Promise<void> {
  const body = { amount: { amount, currency: 'GBP' } }
  const idempotencyKey = unique('deposit')
  // Who has registered just now is known to payments a moment later.
  await until(
    () => operator.api.depositToWallet({ params: { id: userId }, idempotencyKey, body }),
    () => true,
  )
}

/** A customer who is nobody else. */
export async function newcomer(): Promise<SignedIn> {
  const account = { email: `${unique('customer')}@holdfast.test`, password: 'Customer-1!' }
  await anonymous.register({ body: account })
  return signIn(account)
}

/** The level of a sku in warehouse main: available, reserved, allocated. */
export async function counts(operator: SignedIn, sku: string): Promise<readonly [number, number, number]> {
  const { items } = await operator.api.getLevels({ params: { sku } })
  const level = items.find(({ warehouseId }) => warehouseId === 'main')
  return [level?.available ?? 0, level?.reserved ?? 0, level?.allocated ?? 0]
}
