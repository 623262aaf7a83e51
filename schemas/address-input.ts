import * as z from 'zod'
import { Country } from './countries.ts'
import { personal } from './personal.ts'
import { oneLine } from './text.ts'

const ofAddress = (most: number): z.ZodString => personal('address', oneLine(most))

/** An address as it is entered. What is stored and published is an `Address`: of a release that took any text, and any two letters. */
export const addressFields = {
  name: ofAddress(100),
  line1: ofAddress(200),
  line2: ofAddress(200).optional(),
  city: ofAddress(100),
  region: ofAddress(100).optional(),
  postalCode: ofAddress(20).optional(),
  country: Country,
  phone: ofAddress(30).optional(),
}

/** Where an order goes, or its invoice. */
export const OrderAddressInput = z.strictObject(addressFields).meta({ id: 'OrderAddressInput' })
