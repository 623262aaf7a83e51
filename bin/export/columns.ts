import type { OrderSummary } from '../../schemas/order.ts'
import type { Payment, Refund } from '../../schemas/payment.ts'
import type { Cell, Columns } from './csv.ts'
import type { MovementOfSku } from './movements.ts'

/** A line for each order. */
export const orderColumns: Columns<OrderSummary> = {
  id: ({ id }) => id,
  number: ({ number }) => number,
  status: ({ status }) => status,
  reason: ({ reason }) => reason?.code,
  reasonMessage: ({ reason }) => reason?.message,
  customerId: ({ customerId }) => customerId,
  lineCount: ({ lineCount }) => lineCount,
  total: ({ total }) => total.amount,
  currency: ({ total }) => total.currency,
  paymentMethod: ({ payment }) => payment.method,
  stock: ({ facts }) => facts.stock,
  payment: ({ facts }) => facts.payment,
  closing: ({ facts }) => facts.closing,
  fulfilment: ({ facts }) => facts.fulfilment,
  placedAt: ({ placedAt }) => placedAt,
  updatedAt: ({ updatedAt }) => updatedAt,
  expiresAt: ({ expiresAt }) => expiresAt,
  payAt: ({ backorder }) => backorder?.payAt,
  waitsUntil: ({ backorder }) => backorder?.waitsUntil,
  estimatedAt: ({ backorder }) => backorder?.estimatedAt,
  reference: ({ reference }) => reference,
  metadata: ({ metadata }) => metadata && JSON.stringify(metadata),
}

const paymentNames = [
  'record',
  'paymentId',
  'orderId',
  'customerId',
  'number',
  'refundId',
  'method',
  'state',
  'amount',
  'captured',
  'refunded',
  'refund',
  'currency',
  'cause',
  'reason',
  'withheld',
  'onHold',
  'tries',
  'failure',
  'by',
  'reference',
  'closedBy',
  'closedReference',
  'closedReason',
  'closedAt',
  'at',
  'updatedAt',
  'metadata',
] as const

/** A payment, one of its attempts or one of its refunds. What another of them has is left out, so that no sum counts money twice. */
export type PaymentLine = Readonly<Partial<Record<(typeof paymentNames)[number], Cell>>>

export const paymentColumns = Object.fromEntries(
  paymentNames.map((name) => [name, (line: PaymentLine) => line[name]]),
) as Columns<PaymentLine>

/** A line for the payment, then one for each attempt, then one for each refund. */
export function paymentLinesOf(payment: Payment): readonly PaymentLine[] {
  const { id: paymentId, orderId, customerId, amount } = payment
  const all = { paymentId, orderId, customerId, currency: amount.currency }
  const { method, status: state, reason, onHold, createdAt: at, updatedAt } = payment
  const [captured, refunded] = [payment.captured.amount, payment.refunded.amount]
  const labels = { reference: payment.reference, metadata: payment.metadata && JSON.stringify(payment.metadata) }
  const own = { method, state, amount: amount.amount, captured, refunded, reason, onHold, at, updatedAt, ...labels }
  return [
    { record: 'payment', ...all, ...own },
    ...payment.attempts.map((attempt, index) => ({ record: 'attempt', ...all, number: index + 1, ...attempt })),
    ...payment.refunds.map((refund, index) => ({ record: 'refund', ...all, number: index + 1, ...ofRefund(refund) })),
  ]
}

function ofRefund({ id: refundId, amount, closed, ...rest }: Refund): PaymentLine {
  return {
    refundId,
    refund: amount.amount,
    ...rest,
    closedBy: closed?.by,
    closedReference: closed?.reference,
    closedReason: closed?.reason,
    closedAt: closed?.at,
  }
}

/** A line for each movement. */
export const movementColumns: Columns<MovementOfSku> = {
  sku: ({ sku }) => sku,
  warehouseId: ({ warehouseId }) => warehouseId,
  id: ({ id }) => id,
  at: ({ at }) => at,
  kind: ({ kind }) => kind,
  available: ({ delta }) => delta.available,
  reserved: ({ delta }) => delta.reserved,
  allocated: ({ delta }) => delta.allocated,
  unavailable: ({ delta }) => delta.unavailable,
  by: ({ by }) => by,
  reason: ({ reason }) => reason,
  reference: ({ reference }) => reference,
  onHandAfter: ({ after }) => after.onHand,
  availableAfter: ({ after }) => after.available,
  reservedAfter: ({ after }) => after.reserved,
  allocatedAfter: ({ after }) => after.allocated,
  unavailableAfter: ({ after }) => after.unavailable,
  metadata: ({ metadata }) => metadata && JSON.stringify(metadata),
}
