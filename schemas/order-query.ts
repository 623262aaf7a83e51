import * as z from 'zod'
import { Email } from './accounts.ts'
import { Reference } from './labels.ts'
import { OrderStatus } from './order-status.ts'
import { Id, Paging, Time } from './shared.ts'

const Statuses = z
  .string()
  .transform((text, context) => {
    const { data } = z.array(OrderStatus).safeParse(text.split(','))
    if (data) return data
    context.addIssue(`one of ${OrderStatus.options.join(', ')}, or several with commas between them`)
    return z.NEVER
  })
  .meta({
    description: `Orders with this status, or with one of several, with commas between them: ${OrderStatus.options.join(', ')}. In a stage that does not list orders by status a page may be short, or empty, and go on by its cursor.`,
    example: 'confirmed,partially_shipped',
  })

const Number = z
  .string()
  .transform((text) => text.trim().toUpperCase())
  .pipe(z.string().regex(/^\d{6}-[0-9A-HJKMNP-TV-Z]{8}$/, 'the number of an order, such as 261121-7K3M9QZD'))
  .meta({ description: 'The order with this number; case does not count.', example: '261121-7K3M9QZD' })

/** What orders are listed by. */
export const OrderQuery = Paging.extend({
  status: Statuses.optional(),
  customerId: Id.optional().describe('Not looked up: of a customer whom nobody knows there are no orders.'),
  updatedSince: Time.optional().describe(
    'For operators: orders that changed then or later, the one that changed first at the front. The list is made from an index that follows the orders, by a second as a rule: who asks again takes the `updatedAt` of the last order less a minute, and gets some of them twice. With from or to a page may be short, or empty, and go on by its cursor.',
  ),
  reference: Reference.optional().describe('For operators: orders with exactly this reference.'),
  number: Number.optional(),
  email: Email.optional().describe('For operators: orders that were placed for a guest with this address.'),
  from: Time.optional().describe(
    'Placed then or later. Default: any time; of a list that names no other filter than `status`, 30 days before `to`.',
  ),
  to: Time.optional().describe('Placed before this time; default: now.'),
})
export type OrderQuery = z.infer<typeof OrderQuery>
