import type { Address } from '../../../schemas/shared.ts'
import type { ShipTo } from '../../../schemas/sourcing.ts'

const isSubdivision = (region: string): boolean => /^[A-Z0-9]{1,3}$/.test(region)

/** The country of the address, with its region where that is a code of ISO 3166-2 (`US-CA`): no more of an address leaves the order. */
export const shipTo = ({ country, region = '' }: Address): ShipTo =>
  isSubdivision(region) ? `${country}-${region}` : country
