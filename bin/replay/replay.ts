import { approve } from './approve.ts'
import { readOutOfTurn } from './in-turn.ts'
import { reconcile, readLevels } from './reconcile.ts'
import { concluded } from './conclude.ts'
import { withAccounts } from './customers.ts'
import { type Figures, figuresOf } from './figures.ts'
import { follow } from './follow.ts'
import { importProducts } from './import-products.ts'
import { Meter } from './meter.ts'
import { balanceMoney, readPayments } from './money.ts'
import { type Opening, type StockPlan, firstWarehouse, openStock, openingUnits } from './open-stock.ts'
import { type Course, goalOf } from './pay-plan.ts'
import { eventually, retryForMs } from './persist.ts'
import { type PhaseOptions, type PlacedSale, type Trading, trade } from './place.ts'
import { tradeAndRestock } from './restock.ts'
import { ship } from './ship.ts'
import type { Stack } from './stack.ts'
import type { TradingDay } from './trading-day.ts'
import { type Deposit, deposit, walletNeeds } from './wallets.ts'

export interface ReplayOptions extends PhaseOptions {
  readonly stock: StockPlan
  readonly course: Course
  /** Called once, when half of the day has begun, while orders flow. */
  readonly halfway?: () => void
  /** Holds the feed, a webhook and the reports against the orders too: of a local stack. */
  readonly follow?: boolean
}

/**
 * Registers the customers of the day, imports its products, opens their stock and the wallets of its customers, trades, lets the orders take their course, and
 * reconciles stock and money. Throws when the stack stops answering.
 */
export async function replay(stack: Stack, named: TradingDay, options: ReplayOptions): Promise<Figures> {
  const { stock, course } = options
  const day = await withAccounts(stack, named, { ...options, fromWallets: course.pay === 'wallet' })
  const backorder = stock === 'nightly'
  const products = await importProducts(stack, day.products, { ...options, backorder })
  await stack.control?.settle()
  const warehouseId = await firstWarehouse(stack)
  const refused = new Set(products.refused.map(({ sku }) => sku))
  const units = [...openingUnits(day, stock)].filter(([sku]) => !refused.has(sku))
  const opening = await openStock(stack, new Map(units), { ...options, warehouseId })
  const needs = course.pay === 'wallet' ? walletNeeds(day) : undefined
  const wallets = needs && (await deposit(stack, needs, 'open wallets', options))
  await stack.control?.settle()

  const following = options.follow ? await follow(stack) : undefined
  const meter = new Meter(stack.control)
  const tradingOptions = { ...options, warehouseId, pay: course.pay, backorder }
  const restocked = backorder
    ? await meter.during(() => tradeAndRestock(stack, day, opening, tradingOptions))
    : undefined
  const trading = restocked ?? (await meter.during(() => trade(stack, day, tradingOptions)))
  const sales = await finished(stack, trading.sales, meter, options)
  const backorders = restocked && {
    ...restocked.deliveries,
    waited: sales.filter(({ since }) => since?.backordered !== undefined).length,
    outOfTurn: await readOutOfTurn(stack, sales, options),
  }

  const reconciliation = await stockBooks(stack, opening, { ...trading, sales }, options)
  const money = await moneyBooks(stack, sales, wallets, options)
  const followed = await following?.end(sales)
  const { changes, seconds } = trading
  const found = { day, stock, course, products, sales, changes, seconds, reconciliation, money, usage: meter.spent }
  return figuresOf({ ...found, backorders, followed })
}

/** The sales after everything that is done for them, once each has reached the goal or never will. */
async function finished(
  stack: Stack,
  placed: readonly PlacedSale[],
  meter: Meter,
  options: ReplayOptions,
): Promise<readonly PlacedSale[]> {
  const { course } = options
  if (course.pay === 'manual') {
    const reserved = await concluded(stack, placed, 'reserved', options)
    await meter.during(() => approve(stack, reserved, options))
  }
  const sales = await concluded(stack, placed, goalOf({ ...course, ship: false }), options)
  if (!course.ship) return sales
  const shipped = await meter.during(() => ship(stack, sales, options))
  return concluded(stack, shipped, goalOf(course), options)
}

/** Without a word of when all is at rest, reconciliation that do not balance are looked at again for a while. */
const deadlineOf = ({ clock, control }: Stack): number => clock.now() + (control ? 0 : retryForMs)

function stockBooks(stack: Stack, opening: Opening, trading: Trading, options: ReplayOptions) {
  return eventually(
    async () => reconcile(opening, trading, await readLevels(stack, [...opening.before.keys()], options)),
    ({ wrong }) => wrong.length === 0,
    { clock: stack.clock, deadline: deadlineOf(stack) },
  )
}

async function moneyBooks(
  stack: Stack,
  sales: readonly PlacedSale[],
  opening: ReadonlyMap<string, Deposit> | undefined,
  options: ReplayOptions,
) {
  const payments = await readPayments(stack, sales, { ...options, deadline: deadlineOf(stack) })
  // Only customers may read their wallets; the answer to a deposit of a penny shows the balance.
  const pennies = opening && new Map([...opening.keys()].map((customer) => [customer, 1]))
  const closing = pennies && (await deposit(stack, pennies, 'close wallets', options))
  return balanceMoney(sales, payments, opening && closing && { opening, closing })
}
