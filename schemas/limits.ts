import * as z from 'zod'
import { route } from './contract.ts'
import { Id, maxUnits } from './shared.ts'

/** The most orders that a limit of open holds can allow: each is counted when another one is placed. */
export const maxOpenHolds = 1_000
const unlimited = z.literal('unlimited')
const OpenHolds = z.union([z.int().min(0).max(maxOpenHolds), unlimited])
const UnitsPerSku = z.union([z.int().min(0).max(maxUnits), unlimited])
export type Limit = number | z.infer<typeof unlimited>

/** What a customer may hold without paying. */
export const Limits = z
  .object({
    openHolds: OpenHolds.describe('Orders that are open and not paid.'),
    unitsPerSku: UnitsPerSku.describe('Units of one sku in all of these orders together.'),
  })
  .meta({ id: 'Limits' })
export type Limits = z.infer<typeof Limits>

/** Limits of one customer in place of the stage's; 0 allows none. */
export const LimitsInput = z
  .strictObject({
    openHolds: OpenHolds.nullable().optional().describe('Null, or left out: the limit of the stage.'),
    unitsPerSku: UnitsPerSku.nullable().optional().describe('Null, or left out: the limit of the stage.'),
  })
  .meta({ id: 'LimitsInput' })

export const CustomerLimits = z
  .object({
    userId: Id,
    openHolds: OpenHolds.nullable().describe('As an operator has set it; null where the limit of the stage holds.'),
    unitsPerSku: UnitsPerSku.nullable().describe('Likewise.'),
    inForce: Limits,
  })
  .meta({ id: 'CustomerLimits' })

const ofUser = z.strictObject({ id: Id })

/** Routes of orders: they decide by these limits. */
export const routes = {
  getLimits: route({
    method: 'GET',
    path: '/users/{id}/limits',
    who: 'orders:read',
    summary: 'What a customer may hold without paying',
    params: ofUser,
    answer: { status: 200, body: CustomerLimits },
    problems: ['user_not_found'],
  }),
  setLimits: route({
    method: 'PUT',
    path: '/users/{id}/limits',
    who: 'limits:write',
    summary: 'Set what a customer may hold without paying; what operators place for them never counts',
    params: ofUser,
    body: LimitsInput,
    answer: { status: 200, body: CustomerLimits },
    problems: ['user_not_found'],
  }),
}
