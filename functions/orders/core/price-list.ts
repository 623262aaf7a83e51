import { cardRefusal } from '../../../schemas/currencies.ts'
import type { OrderInput } from '../../../schemas/order-input.ts'
import type { PaymentMethod } from '../../../schemas/payment.ts'
import { type Money, maxAmount, maxQuantity } from '../../../schemas/shared.ts'
import type { Line } from './order.ts'

/** What orders know of a product. */
export interface Price {
  readonly sku: string
  /** The product's own version: the higher one is the newer one. */
  readonly productVersion: number
  /** Missing once the product is deleted. */
  readonly offer?: { readonly name: string; readonly price: Money; readonly active: boolean }
}

export type PriceList = ReadonlyMap<string, Price>

export interface Quote {
  readonly lines: readonly Line[]
  readonly total: Money
}

export type RefusalCode =
  | 'validation_failed'
  | 'unknown_sku'
  | 'product_inactive'
  | 'currency_mismatch'
  | 'total_too_large'
  | 'not_payable_by_card'

/** Why there is no price, with every line that is to blame. The code is that of the first kind of them, in the order of `RefusalCode`. */
export interface Refusal {
  readonly code: RefusalCode
  readonly errors: readonly { readonly path: string; readonly message: string }[]
}

export type Wanted = NonNullable<OrderInput['lines']>

/** Lines with one sku become one line, at the place of the first. Its quantity may then be over the limit: `quote` refuses it. */
export function merged(wanted: Wanted): Wanted {
  const bySku = new Map<string, number>()
  for (const { sku, quantity } of wanted) bySku.set(sku, (bySku.get(sku) ?? 0) + quantity)
  return Array.from(bySku, ([sku, quantity]) => ({ sku, quantity }))
}

/** The lines at the prices of the list, merged, and their sum; or every line that cannot be ordered so, or the way it cannot be paid. */
export function quote(wanted: Wanted, prices: PriceList, method: PaymentMethod): Quote | Refusal {
  const refusal = tooMany(wanted) ?? unavailable(wanted, prices)
  if (refusal) return refusal
  // mutant: merged-lines
  const lines = merged(wanted).flatMap(({ sku, quantity }): Line[] => {
    const offer = prices.get(sku)?.offer
    return offer ? [{ sku, name: offer.name, quantity, price: offer.price.amount }] : []
  })
  const amount = lines.reduce((sum, { price, quantity }) => sum + price * quantity, 0)
  if (amount > maxAmount)
    return {
      code: 'total_too_large',
      errors: [{ path: 'lines', message: `the total is over ${maxAmount} minor units` }],
    }
  const total = { amount, currency: currencyOf(wanted, prices) ?? '' }
  const message = method === 'card' ? cardRefusal(total) : undefined
  return message === undefined
    ? { lines, total }
    : { code: 'not_payable_by_card', errors: [{ path: 'payment.method', message }] }
}

function tooMany(wanted: Wanted): Refusal | undefined {
  const sums = new Map<string, number>()
  const errors = wanted.flatMap(({ sku, quantity }, index) => {
    const sum = (sums.get(sku) ?? 0) + quantity
    sums.set(sku, sum)
    return sum > maxQuantity
      ? [{ path: `lines[${index}].quantity`, message: `${sku} is ordered ${sum} times, at most ${maxQuantity} are` }]
      : []
  })
  return errors.length > 0 ? { code: 'validation_failed', errors } : undefined
}

const kinds = ['unknown_sku', 'product_inactive', 'currency_mismatch'] as const

const messages: Readonly<Record<(typeof kinds)[number], string>> = {
  unknown_sku: 'there is no product with this sku',
  product_inactive: 'this product cannot be ordered now',
  currency_mismatch: 'its price is in another currency than the first line',
}

function unavailable(wanted: Wanted, prices: PriceList): Refusal | undefined {
  const currency = currencyOf(wanted, prices)
  const found = wanted.map(({ sku }) => {
    const offer = prices.get(sku)?.offer
    if (!offer) return 'unknown_sku'
    if (!offer.active) return 'product_inactive'
    return offer.price.currency === currency ? undefined : 'currency_mismatch'
  })
  const code = kinds.find((kind) => found.includes(kind))
  if (!code) return undefined
  const errors = found.flatMap((kind, index) =>
    kind ? [{ path: `lines[${index}].sku`, message: messages[kind] }] : [],
  )
  return { code, errors }
}

function currencyOf(wanted: Wanted, prices: PriceList): string | undefined {
  return wanted.map(({ sku }) => prices.get(sku)?.offer?.price.currency).find((currency) => currency !== undefined)
}

/** The newer one of two prices; undefined when the known one stands. */
export function newer(known: Price | undefined, latest: Price): Price | undefined {
  return known && known.productVersion >= latest.productVersion ? undefined : latest // mutant: price-version
}
