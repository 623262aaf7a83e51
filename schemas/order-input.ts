import * as z from 'zod'
import { OrderAddressInput } from './address-input.ts'
import { Guest } from './guest.ts'
import { MetadataInput, ReferenceInput } from './labels.ts'
import { CardToken, PaymentMethod } from './payment.ts'
import { personal } from './personal.ts'
import { ShipFrom } from './sourcing.ts'
import { Id, Money, Quantity, Sku } from './shared.ts'
import { linesOrNothing } from './text.ts'

/** The longest hold that an operator may ask for, in seconds: 30 days. */
const maxHoldSeconds = 2_592_000

/** When a backorder is paid. */
export const PayAt = z.enum(['filling', 'placing']).meta({ id: 'PayAt' })

/** The longest that an order waits, in seconds: a year. */
const maxWaitSeconds = 31_536_000
/** The most skus of an order that waits: it is held in one transaction, with its places in their queues. */
export const maxBackorderSkus = 49

const Backorder = z
  .union([
    z.literal(true),
    z.strictObject({
      payAt: PayAt.optional().describe(
        'filling, the default: as any other order, once its stock is held. placing: as soon as it waits; the money is taken at once, and goes back where the stock does not come.',
      ),
      waitSeconds: z
        .int()
        .min(60)
        .max(maxWaitSeconds)
        .optional()
        .describe('Default: the wait of the stage, which is also the longest for customers.'),
    }),
  ])
  .meta({
    id: 'BackorderInput',
    description: `What is short is waited for, where its product allows it: whole, in the order of placing. At most ${maxBackorderSkus} different skus, and not together with shipFrom.`,
  })

/** Why an order takes no hold over. */
export const takeOverProblems = [
  'reservation_not_allowed',
  'unknown_reservation',
  'reservation_of_another',
  'reservation_of_order',
  'reservation_not_held',
] as const

export const OrderInput = z
  .strictObject({
    lines: z
      .array(z.strictObject({ sku: Sku, quantity: Quantity }).meta({ id: 'OrderLineInput' }))
      .min(1)
      .max(1_000)
      .optional()
      .describe('Left out where it takes a hold over: its lines are those of the hold.'),
    reservationId: Id.optional().describe(
      'Operators and API keys only: a hold without an order that it takes over, in place of a new one; a key takes over what it has made itself. Its end is then that of the order. Not together with lines, shipFrom and backorder.',
    ),
    payment: z
      .strictObject({ method: PaymentMethod, token: CardToken.optional() })
      .refine(({ method, token }) => method === 'card' || token === undefined, {
        path: ['token'],
        message: 'for cards only',
      })
      .meta({
        id: 'OrderPaymentInput',
        description: 'A card without a token is paid by POST /orders/{id}/payments while the hold lasts.',
        oneOf: [
          { not: { required: ['token'] } },
          { properties: { method: { type: 'string', const: 'card' } }, required: ['token'] },
        ],
      }),
    expectedTotal: Money.optional().describe(
      'What the buyer was shown: an order that would cost something else is refused, and nothing of it is kept.',
    ),
    holdSeconds: z
      .int()
      .min(60)
      .max(maxHoldSeconds)
      .optional()
      .describe('Default: the hold length of the stage, which is also the longest for customers.'),
    shipFrom: ShipFrom.optional(),
    backorder: Backorder.optional(),
    shippingAddress: OrderAddressInput.optional(),
    billingAddress: OrderAddressInput.optional(),
    notes: personal('notes', linesOrNothing(2_000)).optional(),
    reference: ReferenceInput.optional().describe(
      'What another system calls the order; `GET /orders?reference=` finds it.',
    ),
    metadata: MetadataInput.optional(),
    customerId: Id.optional().describe(
      'Operators only: the user whom the order is for; `guest`, which is not looked up, for a customer without an account.',
    ),
    guest: Guest.optional().describe(
      'With the customerId `guest` alone: who it is. A link that opens the order is mailed to this address.',
    ),
  })
  .refine(({ lines, reservationId }) => lines !== undefined || reservationId !== undefined, {
    path: ['lines'],
    message: 'what is ordered; or a reservationId',
  })
  .superRefine((input, context) => {
    if (input.reservationId === undefined) return
    for (const field of ['lines', 'shipFrom', 'backorder'] as const)
      if (input[field] !== undefined)
        context.addIssue({ code: 'custom', path: [field], message: 'not together with reservationId' })
  })
  .meta({
    id: 'OrderInput',
    oneOf: [
      { title: 'OrderOfLines', required: ['lines'], not: { required: ['reservationId'] } },
      {
        title: 'OrderOfHold',
        required: ['reservationId'],
        not: { anyOf: [{ required: ['lines'] }, { required: ['shipFrom'] }, { required: ['backorder'] }] },
      },
    ],
  })
export type OrderInput = z.infer<typeof OrderInput>
