import * as z from 'zod'
import { Region, RegionInput } from './sourcing.ts'
import { Id, Time } from './shared.ts'
import { someLines, trimmedLine } from './text.ts'

/** Of a warehouse. */
const Regions = z
  .array(RegionInput)
  .max(300)
  .describe('It ships to these before other warehouses do, unless the rule of the stage is `priority`.')

export const WarehouseInput = z
  .strictObject({
    name: trimmedLine(60),
    location: someLines(200).optional(),
    regions: Regions.optional(),
    priority: z.int().min(0).max(1_000).default(100).describe('The lowest number ships first.'),
  })
  .meta({ id: 'WarehouseInput' })
export const WarehousePatch = z
  .strictObject({
    name: WarehouseInput.shape.name.optional(),
    location: someLines(200).nullable().optional(),
    regions: Regions.optional().describe('An empty list takes them away.'),
    priority: z.int().min(0).max(1_000).optional(),
    active: z.boolean().optional().describe('An inactive warehouse takes no new reservations.'),
  })
  .refine((patch) => Object.keys(patch).length > 0, 'at least one field')
  .meta({ id: 'WarehousePatch', minProperties: 1 })
export const Warehouse = z
  .object({
    id: Id,
    name: z.string(),
    location: z.string().optional(),
    regions: z.array(Region).optional(),
    priority: z.int(),
    active: z.boolean(),
    createdAt: Time,
    updatedAt: Time,
  })
  .meta({ id: 'Warehouse' })
export type Warehouse = z.infer<typeof Warehouse>
