import * as z from 'zod'
import { countries } from './countries.ts'
import { maxHeldWarehouses } from './held-lines.ts'
import { Id } from './shared.ts'

/** A country of ISO 3166-1, or a subdivision of it as in ISO 3166-2. */
export const Region = z
  .string()
  .regex(/^[A-Z]{2}(-[A-Z0-9]{1,3})?$/)
  .describe('A country (`GB`) or a subdivision of one (`US-CA`), by ISO 3166.')
  .meta({ id: 'Region' })

/** As it is entered: of a country that there is. */
export const RegionInput = z
  .string()
  .regex(
    new RegExp(`^(${[...countries].join('|')})(-[A-Z0-9]{1,3})?$`),
    'the code of a country by ISO 3166-1 alpha-2 (`GB`), or of a subdivision of one by ISO 3166-2 (`US-CA`)',
  )
  .describe('A country (`GB`) or a subdivision of one (`US-CA`), by ISO 3166.')
  .meta({ id: 'RegionInput' })

/** Where an order goes to, as far as sourcing needs it. */
export type ShipTo = z.infer<typeof Region>

/** The warehouses that may be chosen. */
export const ShipFrom = z
  .array(Id)
  .min(1)
  .max(maxHeldWarehouses)
  .describe(
    'Ids of the warehouses that it may ship from; what is no active warehouse has nothing. Default: all of them.',
  )

/**
 * What decides where the units of an order come from. `fewest-parcels`: as few warehouses as have it all, then the region of the address,
 * then priority. `region`: each line from the first warehouse that has it whole, those of the region first. `priority`: the same, without
 * the region.
 */
export const sourcingRules = ['fewest-parcels', 'region', 'priority'] as const
export type SourcingRule = (typeof sourcingRules)[number]
