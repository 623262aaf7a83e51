import * as z from 'zod'

const Seconds = z.int().min(1)

/**
 * How often something may happen. Without `waits`: `most` times within `seconds` of the first, then not before they are over. With `waits`:
 * after `most` times each further one waits, `first` seconds and then twice as long each time, up to `longest`; all is forgotten `seconds`
 * after the last one.
 */
export const Rate = z
  .strictObject({
    most: z.int().min(0),
    seconds: Seconds,
    waits: z.strictObject({ first: Seconds, longest: Seconds }).optional(),
  })
  .refine(({ seconds, waits }) => waits === undefined || waits.longest <= seconds, 'a wait is forgotten before it ends')
export type Rate = z.infer<typeof Rate>

/** The rates of the users service. */
export const UserRates = z.strictObject({
  registrationsOfAddress: Rate,
  signInsOfAddress: Rate,
  wrongPasswords: Rate,
  wrongPasswordsOfAddress: Rate,
  strangers: Rate,
  resetsOfAddress: Rate,
  codesOfAccount: Rate,
})
export type UserRates = z.infer<typeof UserRates>

/** The rates of the payments service. */
export const PaymentRates = z.strictObject({ declinedCards: Rate })
export type PaymentRates = z.infer<typeof PaymentRates>

/** What each rate counts, and of whom, as the documents show it. */
export const rated: Readonly<Record<keyof UserRates | keyof PaymentRates, string>> = {
  registrationsOfAddress: 'Registrations from one address',
  signInsOfAddress:
    'Passwords tried from one address, to sign in, or to set another password or address, right or wrong',
  wrongPasswords: 'Passwords of one account tried from one address since the last right one',
  wrongPasswordsOfAddress: 'Wrong passwords from one address, for whatever accounts',
  strangers:
    'Passwords of one account tried from all addresses together that it is not known at, since the last right one',
  resetsOfAddress: 'Requests from one address to reset a password',
  codesOfAccount: 'Codes mailed for one account or address to reset a password, and as many to prove an address',
  declinedCards: 'Card payments of one customer that the provider declines',
}
