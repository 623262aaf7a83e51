import { ApiProblem } from '../../schemas/client.ts'
import type { Order } from '../../schemas/order.ts'
import type { OrderStatus } from '../../schemas/order-status.ts'
import type { Payment } from '../../schemas/payment.ts'
import { inOrder } from './in-order.ts'
import { eventually, retryForMs, persist } from './persist.ts'
import type { PhaseOptions, PlacedSale } from './place.ts'
import type { Stack } from './stack.ts'
import { type Wallets, spentBetween } from './wallets.ts'

/** The money of all orders together, in pence, and what does not reconcile. */
export interface MoneyBooks {
  /** What the orders cost that were confirmed and stand. */
  readonly due: number
  readonly charged: number
  readonly refunded: number
  /** What was deposited, and what has left the wallets. */
  readonly wallets?: { readonly customers: number; readonly deposited: number; readonly spent: number }
  readonly wrong: readonly string[]
}

const standing: ReadonlySet<OrderStatus> = new Set([
  'confirmed',
  'partially_shipped',
  'shipped',
  'delivered',
  'completed',
])

const dueOf = ({ status, total }: Order): number => (standing.has(status) ? total.amount : 0)

/** The payments of the orders, by order, as they are when the money is where it should be or the deadline (of the clock) is over. */
export async function readPayments(
  { api, clock }: Stack,
  sales: readonly PlacedSale[],
  { atOnce, progress, deadline }: PhaseOptions & { readonly deadline: number },
): Promise<ReadonlyMap<string, readonly Payment[]>> {
  const orders = sales.flatMap(({ order }) => order ?? [])
  const payments = new Map<string, readonly Payment[]>()
  progress.start('check the money', orders.length)
  await inOrder(orders, atOnce, async (order) => {
    const read = async (): Promise<readonly Payment[]> => {
      const request = { params: { id: order.id } }
      return (await persist(() => api.listPayments(request), { clock, forMs: retryForMs }).catch(none)).items
    }
    const settled = (own: readonly Payment[]): boolean => sum(own, 'captured') - sum(own, 'refunded') === dueOf(order)
    payments.set(order.id, await eventually(read, settled, { clock, deadline }))
    progress.step()
  })
  progress.stop()
  return payments
}

/** An order whose stock was never held has no payment. */
function none(error: unknown): { readonly items: readonly Payment[] } {
  if (error instanceof ApiProblem && error.code === 'order_not_found') return { items: [] }
  throw error
}

const sum = (payments: readonly Payment[], what: 'captured' | 'refunded'): number =>
  total(payments.map((payment) => payment[what].amount))

const total = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0)

/**
 * Holds for every order that what was charged and not refunded is what it costs, or nothing unless it was confirmed and stands; that it
 * was charged once at most; and for every wallet that exactly the orders of its customer have left it. Assumes that nobody else trades
 * meanwhile, and that all is paid from wallets where there are some.
 */
export function balanceMoney(
  sales: readonly PlacedSale[],
  payments: ReadonlyMap<string, readonly Payment[]>,
  wallets: Wallets | undefined,
): MoneyBooks {
  const orders = sales.flatMap(({ order }) => order ?? [])
  const all = orders.flatMap(({ id }) => payments.get(id) ?? [])
  return {
    due: total(orders.map(dueOf)),
    charged: sum(all, 'captured'),
    refunded: sum(all, 'refunded'),
    ...(wallets && { wallets: sumsOf(wallets) }),
    wrong: [
      ...sales.flatMap(({ sale, order }) =>
        order === undefined ? [] : wrongOf(sale.invoice, order, payments.get(order.id) ?? []),
      ),
      ...(wallets ? wrongWallets(orders, wallets) : []),
    ],
  }
}

function wrongOf(invoice: string, order: Order, payments: readonly Payment[]): readonly string[] {
  const [charged, refunded, due] = [sum(payments, 'captured'), sum(payments, 'refunded'), dueOf(order)]
  const times = payments.flatMap(({ attempts }) => attempts.filter(({ state }) => state === 'captured')).length
  return [
    ...(charged - refunded === due
      ? []
      : [`${invoice} is ${order.status}: ${charged} charged, ${refunded} refunded, ${due} due`]),
    ...(times <= 1 ? [] : [`${invoice}: charged ${times} times`]),
  ]
}

function sumsOf({ opening, closing }: Wallets) {
  const deposits = [...opening.values(), ...closing.values()]
  return {
    customers: opening.size,
    deposited: total(deposits.map(({ amount }) => amount)),
    spent: total(spent({ opening, closing })),
  }
}

const spent = ({ opening, closing }: Wallets): readonly number[] =>
  [...opening].map(([customer, deposit]) => spentBetween(deposit, closing.get(customer) ?? deposit))

function wrongWallets(orders: readonly Order[], { opening, closing }: Wallets): readonly string[] {
  const own = Map.groupBy(orders, ({ customerId }) => customerId)
  return [...opening].flatMap(([customer, deposit]) => {
    const last = closing.get(customer)
    if (last === undefined) return [`${customer}: the wallet was never closed`]
    const [left, due] = [spentBetween(deposit, last), total((own.get(customer) ?? []).map(dueOf))]
    return left === due ? [] : [`${customer}: ${left} have left the wallet for orders of ${due}`]
  })
}
