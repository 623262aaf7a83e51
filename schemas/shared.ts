import * as z from 'zod'
import { currencies } from './currencies.ts'
import { personal } from './personal.ts'
import { problemCodes } from './problems.ts'

/** A stock keeping unit: the name of a product in orders, stock and files. Case counts. */
export const Sku = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    '1 to 64 letters, digits, dots, hyphens or underscores, a letter or digit first',
  )
  .meta({ id: 'Sku', example: '85123A' })

/** An identifier that the system gives: letters, digits, hyphens and underscores. */
export const Id = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, '1 to 64 letters, digits, hyphens or underscores, a letter or digit first')
  .meta({ id: 'Id', example: '01K9ZQ3V8W6T2N4R5XJ7C1D0EF' })

export const Currency = z
  .string()
  .regex(/^[A-Z]{3}$/, 'three capital letters (ISO 4217)')
  .refine((code) => currencies.has(code), 'a currency of ISO 4217')
  .meta({ id: 'Currency', example: 'GBP' })

/** The largest sum of money, in minor units. */
export const maxAmount = 1_000_000_000_000

/** Integer minor units (pence, cents) and a currency; at most 10^12, so that sums of 1,000 lines stay exact. */
export const Money = z
  .strictObject({ amount: z.int().min(0).max(maxAmount), currency: Currency })
  .meta({ id: 'Money', example: { amount: 255, currency: 'GBP' } })
export type Money = z.infer<typeof Money>

/** What several of them come to: money may come twice, and go back more than once. */
export const MoneySum = z
  .strictObject({ amount: z.int().min(0), currency: Currency })
  .meta({ id: 'MoneySum', example: { amount: 510, currency: 'GBP' } })

/** The most units of one sku in one order or reservation. */
export const maxQuantity = 1_000_000

/** Units of one line of an order. */
export const Quantity = z.int().min(1).max(maxQuantity)

/** The most units of one sku that are put into one warehouse. */
export const maxUnits = 1_000_000_000
/** Units of stock, as they are put in. */
export const Units = z.int().min(0).max(maxUnits)
/** Units of stock, as they are found: of several warehouses, or with what came back to a full one. */
export const UnitsSum = z.int().min(0)

export const Time = z.iso
  .datetime('a time in UTC, as 2026-11-28T12:00:00Z')
  .describe('UTC, RFC 3339')
  .meta({ id: 'Time', example: '2026-11-28T12:00:00.000Z' })

const ofAddress = <Schema extends z.ZodType>(schema: Schema): Schema => personal('address', schema)

export const Address = z
  .strictObject({
    name: ofAddress(z.string().min(1).max(100)),
    line1: ofAddress(z.string().min(1).max(200)),
    line2: ofAddress(z.string().min(1).max(200)).optional(),
    city: ofAddress(z.string().min(1).max(100)),
    region: ofAddress(z.string().min(1).max(100)).optional(),
    postalCode: ofAddress(z.string().min(1).max(20)).optional(),
    country: z.string().regex(/^[A-Z]{2}$/, 'two capital letters (ISO 3166-1)'),
    phone: ofAddress(z.string().min(1).max(30)).optional(),
  })
  .meta({ id: 'Address' })
export type Address = z.infer<typeof Address>

/** The body of every error: RFC 9457 with a stable `code`. */
export const Problem = z
  .object({
    type: z.string().describe('Where the code is explained, from the root of the API.'),
    title: z.string(),
    status: z.int(),
    code: z.enum(problemCodes).describe('New ones may come.'),
    detail: z.string().optional(),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .describe('At most 100; long paths are cut.'),
    total: Money.optional().describe('Of `price_changed`: what the order would cost now.'),
    moreErrors: z.int().min(1).optional().describe('How many errors there are beyond those listed.'),
    requestId: z.string(),
  })
  .meta({ id: 'Problem' })
export type Problem = z.infer<typeof Problem>

/** A number of a path, a query or a header: written in decimal digits alone, never as `0x10`, `1e1` or with a blank. */
export const inDigits = <Schema extends z.ZodType<number>>(schema: Schema) =>
  z.preprocess((sent) => (typeof sent === 'string' && /^\d{1,15}$/.test(sent) ? Number(sent) : sent), schema)

/** How many items may be asked for at once. */
export const pageSize = z.int('a whole number from 1 to 100').min(1).max(100)

/** Query of every list: how many, and where the last page ended. */
export const Paging = z.strictObject({
  limit: inDigits(pageSize)
    .prefault(50)
    .meta({
      description: 'How many items a page has at most. It may have fewer, or none, and still a cursor: there is more.',
      example: 20,
      param: { id: 'Limit' },
    }),
  cursor: z
    .string()
    .min(1)
    .max(2_000)
    .optional()
    .meta({
      description:
        'The `cursor` of the last page, with the same filters. The first page has none; the last answers none.',
      example: 'eyJwayI6ImFsbCJ9',
      param: { id: 'Cursor' },
    }),
})

/** Every list: a page of items, and where to go on while there are more. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), cursor: z.string().optional() })
}
