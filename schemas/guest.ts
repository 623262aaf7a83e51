import * as z from 'zod'
import { personal } from './personal.ts'
import { Email } from './accounts.ts'
import { trimmedLine } from './text.ts'

/** The customer of an order that an operator or a key places for a person without an account. No user has this id. */
export const guest = 'guest'

/** A customer without an account, whom the shop knows by an address alone. */
export const Guest = z.strictObject({ name: personal('name', trimmedLine(100)), email: Email }).meta({ id: 'Guest' })
export type Guest = z.infer<typeof Guest>
