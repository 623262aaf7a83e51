import * as z from 'zod'
import { Id, Quantity, Sku } from './shared.ts'

/** An order is held from at most this many warehouses. */
export const maxHeldWarehouses = 10
/** An order is held as at most this many lines: a sku in a warehouse is one. */
export const maxHeldLines = 2_000

/** Compact: an order of 1,000 lines passes every limit. */
export const HeldLine = z.tuple([Sku, Id, Quantity]).describe('Sku, warehouse, units.')
export type HeldLine = z.infer<typeof HeldLine>

/** Held lines in an event; see `packed-lines.ts`. */
export const heldLines = {
  lines: z
    .array(HeldLine)
    .describe('Sku, warehouse, units. With `warehouses`, the warehouse is a place in that list, counted from 0.'),
  warehouses: z.array(Id).optional().describe('Of an order with more than 500 held lines.'),
}
