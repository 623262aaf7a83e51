import * as z from 'zod'
import { Id, Quantity, Sku } from './shared.ts'

/** An order is held from at most this many warehouses. */
export const maxHeldWarehouses = 10
/** An order is held as at most this many lines: a sku in a warehouse is one. */
export const maxHeldLines = 2_000

/** Compact: an order of 1,000 lines passes every limit. */
export const HeldLine = z.tuple([Sku, Id, Quantity]).describe('Sku, warehouse, units.')
export type HeldLine = z.infer<typeof HeldLine>

/**
 * The warehouse of a line, or with `warehouses` beside it the place in that list: no id begins with a slash, so that a consumer which does not
 * know the list does not take a place for a warehouse.
 */
export const PlacedIn = z
  .union([Id, z.string().regex(/^\/\d{1,2}$/, 'a slash and a place in `warehouses`')])
  .meta({ id: 'ListedWarehouse' })

/** A held line of such an event. */
export const PlacedLine = z.tuple([Sku, PlacedIn, Quantity]).describe('Sku, warehouse, units.')

/** The list that `PlacedIn` refers to. */
export const listedWarehouses = z
  .array(Id)
  .optional()
  .describe('Of an event with more than 1,500 lines: a warehouse is then `/` and a place in this list, counted from 0.')

/** Held lines in an event; see `packed-lines.ts`. */
export const heldLines = {
  lines: z
    .array(HeldLine)
    .describe('Sku, warehouse, units. With `warehouses`, the warehouse is a place in that list, counted from 0.'),
  warehouses: z.array(Id).optional().describe('Of an order with more than 500 held lines.'),
}
