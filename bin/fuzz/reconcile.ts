import { ApiProblem, type Api } from '../../schemas/client.ts'
import type { OrderSummary } from '../../schemas/order.ts'
import type { OrderStatus } from '../../schemas/order-status.ts'
import { inOrder } from '../replay/in-order.ts'
import { levelsOf, stockStates } from '../replay/levels.ts'
import type { Progress } from '../replay/progress.ts'
import type { Person, Shop } from './shop.ts'

export interface Reconciled {
  readonly skus: number
  readonly orders: number
  readonly wallets: number
  readonly wrong: readonly string[]
}

interface ReconcileInput {
  readonly operator: Api
  readonly apiOf: (person: Person) => Api
  readonly shop: Shop
  readonly skus: readonly string[]
  readonly reservations: readonly string[]
  readonly atOnce: number
  readonly progress: Progress
}

/** Whose money must be where it was: nothing was sent and nothing will be. */
const closed: ReadonlySet<OrderStatus> = new Set(['rejected', 'payment_failed', 'cancelled', 'expired'])

/**
 * Holds, once the stack has settled: every level adds up and is never below zero; of each sku exactly what open orders and reservations
 * hold is reserved; no order has more refunded than charged, nor anything charged that is closed, but for refunds that failed; every
 * wallet is the sum of its ledger. Assumes that nobody else trades meanwhile.
 */
export async function reconcile(input: ReconcileInput): Promise<Reconciled> {
  const { skus, shop } = input
  const orders = await ordersOf(input.operator)
  const wrong = [
    ...(await wrongLevels(input, orders)),
    ...(await wrongPayments(input, orders)),
    ...(await wrongWallets(input)),
  ]
  return { skus: skus.length, orders: orders.length, wallets: shop.customers.length, wrong }
}

async function ordersOf(operator: Api): Promise<readonly OrderSummary[]> {
  const orders: OrderSummary[] = []
  let cursor: string | undefined
  do {
    const page = await operator.listOrders({ query: { limit: 100, ...(cursor !== undefined && { cursor }) } })
    orders.push(...page.items)
    cursor = page.cursor
  } while (cursor !== undefined)
  return orders
}

async function wrongLevels(
  { operator, skus, reservations, atOnce, progress }: ReconcileInput,
  orders: readonly OrderSummary[],
) {
  const held = new Map<string, number>()
  const open = [...orders.map(({ id }) => id), ...reservations]
  progress.start('check the holds', open.length)
  await inOrder(open, atOnce, async (id) => {
    const reservation = await operator.getReservation({ params: { id } }).catch(unlessMissing)
    if (reservation?.status === 'held')
      for (const { sku, quantity } of reservation.lines) held.set(sku, (held.get(sku) ?? 0) + quantity)
    progress.step()
  })
  progress.stop()
  progress.start('check the levels', skus.length)
  const wrong: string[] = []
  await inOrder(skus, atOnce, async (sku) => {
    const found = await operator.getLevels({ params: { sku } }).catch(unlessMissing)
    for (const level of found?.items ?? []) {
      const sum = stockStates.reduce((total, part) => total + level[part], 0)
      if (sum !== level.onHand || stockStates.some((part) => level[part] < 0))
        wrong.push(`${sku} in ${level.warehouseId}: ${JSON.stringify(level)}`)
    }
    const { reserved } = levelsOf(found?.items ?? [])
    if (reserved !== (held.get(sku) ?? 0)) wrong.push(`${sku}: ${reserved} reserved for ${held.get(sku) ?? 0} held`)
    progress.step()
  })
  progress.stop()
  return wrong
}

async function wrongPayments({ operator, atOnce, progress }: ReconcileInput, orders: readonly OrderSummary[]) {
  const wrong: string[] = []
  progress.start('check the money', orders.length)
  await inOrder(orders, atOnce, async ({ id, status }) => {
    const payments = await operator.listPayments({ params: { id } }).catch(unlessMissing)
    for (const { captured, refunded, amount, refunds, onHold } of payments?.items ?? []) {
      const [charged, back] = [captured.amount, refunded.amount]
      const failed = refunds.some(({ state }) => state !== 'done') || onHold !== undefined
      if (back > charged || charged > amount.amount)
        wrong.push(`${id}: ${charged} charged, ${back} back of ${amount.amount}`)
      if (closed.has(status) && back !== charged && !failed) wrong.push(`${id} is ${status}: ${charged - back} kept`)
    }
    progress.step()
  })
  progress.stop()
  return wrong
}

async function wrongWallets({ apiOf, shop, progress }: ReconcileInput) {
  const wrong: string[] = []
  progress.start('check the wallets', shop.customers.length)
  for (const person of shop.customers) {
    let [cursor, sum, balance]: [string | undefined, number, number | undefined] = [undefined, 0, undefined]
    do {
      const page = await apiOf(person).getWallet({ query: { limit: 100, ...(cursor !== undefined && { cursor }) } })
      balance ??= page.balance.amount
      sum += page.items.reduce((total, { amount }) => total + amount, 0)
      ;({ cursor } = page)
    } while (cursor !== undefined)
    if (sum !== balance) wrong.push(`the wallet of ${person.id}: ${balance} of a ledger of ${sum}`)
    progress.step()
  }
  progress.stop()
  return wrong
}

function unlessMissing(error: unknown): undefined {
  if (error instanceof ApiProblem && error.status === 404) return undefined
  throw error
}
