import * as z from 'zod'

/**
 * What stands in public events in the place of a value that travels in a private one. Consumers of the release before this do not
 * understand it and wait, in place of taking an order for one without an address or a card for one without a token. The next release can
 * leave it out: consumers go by `addressApart` and `tokenApart`.
 */
export const addressStandIn = { name: '-', line1: '-', city: '-', country: '-' } as const
export const tokenStandIn = ''

export const AddressStandIn = z.strictObject({
  name: z.literal(addressStandIn.name),
  line1: z.literal(addressStandIn.line1),
  city: z.literal(addressStandIn.city),
  country: z.literal(addressStandIn.country),
})
export const TokenStandIn = z.literal(tokenStandIn)
