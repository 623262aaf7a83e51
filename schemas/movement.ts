import * as z from 'zod'
import { route } from './contract.ts'
import { Metadata } from './labels.ts'
import { impersonal, personal } from './personal.ts'
import { Id, Paging, Sku, Time, UnitsSum, pageOf } from './shared.ts'

export const MovementKind = z
  .enum([
    'reserve',
    'release',
    'commit',
    'deallocate',
    'ship',
    'return',
    'adjust',
    'receive',
    'transfer',
    'quarantine',
    'restore',
    'writeOff',
    'clear',
    'unrecorded',
  ])
  .describe(
    'receive: what a supplier brought. quarantine, restore: out of sale, and back into it. clear: a sku that comes back as a unique product loses its units. unrecorded: what was there before the ledger began, or an earlier release moved beside this one. New ones may come.',
  )
export type MovementKind = z.infer<typeof MovementKind>

const Change = z.int().optional()

/** One change of a level. The changes of a warehouse add up to its level, and each `after` follows from the one before. */
export const Movement = z
  .object({
    id: Id,
    at: Time,
    warehouseId: Id,
    kind: MovementKind,
    delta: z.object({ available: Change, reserved: Change, allocated: Change, unavailable: Change }),
    by: impersonal('the id of a user or an API key, or the name of a service', z.string()),
    reason: personal('reason', z.string()).optional(),
    reference: personal('reference', z.string())
      .optional()
      .describe('The order or reservation; of what an operator did, the reference that came with it.'),
    metadata: Metadata.optional().describe('What came with an adjustment.'),
    after: z
      .object({
        onHand: UnitsSum,
        available: UnitsSum,
        reserved: UnitsSum,
        allocated: UnitsSum,
        unavailable: UnitsSum,
      })
      .describe('The level once it is done.'),
  })
  .meta({ id: 'Movement' })
export type Movement = z.infer<typeof Movement>

/** The ledger of a sku. */
export const movementRoutes = {
  listMovements: route({
    method: 'GET',
    path: '/inventory/{sku}/movements',
    who: 'stock:read',
    summary: 'Every change of the levels of a sku, the newest first, also once the product is deleted',
    params: z.strictObject({ sku: Sku }),
    query: Paging,
    answer: { status: 200, body: pageOf(Movement) },
    problems: ['product_not_found'],
  }),
}
