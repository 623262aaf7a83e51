import { type Example, at, gbp, keptAddress, order, product, summary, user } from './example-items.ts'

const { type: __, ...address } = keptAddress
const elsewhere = { ...address, line1: '3 Mill Lane', postalCode: 'LE2 7AB' }

const payment = {
  id: 'pay_8H2M4Z8K1T5V9X3B6N0C2D4F7Q',
  orderId: order.id,
  customerId: user.id,
  method: 'card',
  status: 'captured',
  amount: order.total,
  captured: order.total,
  refunded: gbp(0),
  attempts: [{ method: 'card', state: 'captured', reference: 'pi_3P0', at: at('10:01:00.000') }],
  refunds: [],
  createdAt: at('10:00:01.000'),
  updatedAt: at('10:01:00.000'),
}
const refund = {
  id: 'ref_1C4M4Z8K1T5V9X3B6N0C2D4F7Q',
  amount: gbp(255),
  cause: 'operator',
  state: 'done',
  reason: 'one was broken',
  at: at('12:00:00.000'),
}
const refunded = { ...payment, refunded: gbp(255), refunds: [refund], updatedAt: at('12:00:00.000') }
const closed = {
  ...refund,
  state: 'closed',
  failure: 'the card is closed',
  closed: { by: user.id, reference: 'BACS 4711', at: at('15:00:00.000') },
}
const onHold = { ...payment, status: 'in_flight', captured: gbp(0), onHold: 'the provider refused the key' }

const deposit = {
  id: 'wle_6P2M4Z8K1T5V9X3B6N0C2D4F7Q',
  amount: 5_000,
  balance: 5_000,
  currency: 'GBP',
  kind: 'deposit',
  reference: 'BACS 4711',
  at: at('09:30:00.000'),
}
const correction = {
  id: 'wle_7Q2M4Z8K1T5V9X3B6N0C2D4F8H',
  amount: -4_500,
  balance: 500,
  currency: 'GBP',
  kind: 'correction',
  reference: 'BACS 4711',
  reason: 'BACS 4711 was £5.00, not £50.00',
  at: at('09:40:00.000'),
}
const wallet = { balance: gbp(5_000), items: [deposit] }

const { type: _, ...shippingAddress } = keptAddress
const shipment = {
  id: 'shp_7Q2M4Z8K1T5V9X3B6N0C2D4F8H-1',
  orderId: order.id,
  warehouseId: 'main',
  status: 'created',
  lines: [{ sku: product.sku, quantity: 6, returned: 0 }],
  shippingAddress,
  createdAt: at('10:02:00.000'),
  updatedAt: at('10:02:00.000'),
}
const sent = { ...shipment, carrier: 'Royal Mail', trackingNumber: 'RM123456789GB' }

const limits = { userId: user.id, openHolds: 50, unitsPerSku: null, inForce: { openHolds: 50, unitsPerSku: 1_000 } }

/** Of orders in lists, of their money and of their parcels. */
export const examplesOfOrders: Readonly<Record<string, Example>> = {
  listOrders: { answer: { items: [{ ...summary, lineCount: 1, expiresAt: order.expiresAt }] } },
  getGuestOrder: {
    answer: { ...order, customerId: 'guest', guest: { name: 'Ann Guest', email: 'guest@holdfast.test' } },
  },
  eraseGuestOrder: { answer: { erasesAt: '2026-04-01T10:00:00.000Z' } },
  getPrice: { answer: { sku: product.sku, name: product.name, price: product.price, active: true, productVersion: 1 } },
  getLimits: { answer: limits },
  setLimits: { request: { openHolds: 50, unitsPerSku: null }, answer: limits },
  payOrder: { request: { method: 'card', token: 'tok_visa' }, answer: payment },
  listPayments: { answer: { items: [payment] } },
  refundOrder: { request: { amount: gbp(255), reason: 'one was broken' }, answer: refunded },
  closeRefund: {
    request: { reference: 'BACS 4711' },
    answer: { ...refunded, refunds: [closed], updatedAt: at('15:00:00.000') },
  },
  listPaymentsOnHold: { answer: { items: [onHold] } },
  resumePayment: { answer: payment },
  updatePayment: {
    request: { reference: 'BANK 0815', metadata: { 'books:entry': '2026-117' } },
    answer: { ...payment, reference: 'BANK 0815', metadata: { 'books:entry': '2026-117' } },
  },
  receiveWebhook: {
    request: {
      'application/json': JSON.stringify({
        type: 'captured',
        data: { orderId: order.id, paymentId: payment.id, attempt: 1, amount: order.total },
      }),
    },
    answer: { received: true },
  },
  exportMe: {
    answer: {
      orders: [{ order, payments: [payment], shipments: [shipment] }],
      cursor: 'b3JkZXJzIDE3NzI0NDU2MDAwMDAgMSA',
    },
  },
  getWallet: { answer: wallet },
  getWalletOf: { answer: wallet },
  depositToWallet: {
    request: { amount: gbp(5_000), reference: 'BACS 4711' },
    answer: { balance: gbp(5_000), entry: deposit },
  },
  correctWallet: {
    request: { amount: gbp(4_500), reason: correction.reason, reference: 'BACS 4711' },
    answer: { balance: gbp(500), entry: correction },
  },
  listShipments: { answer: { items: [shipment] } },
  listWork: { answer: { items: [shipment] } },
  getShipment: { answer: shipment },
  cancelOrderLine: {
    request: { quantity: 2, reason: 'two are enough' },
    answer: {
      ...order,
      status: 'confirmed',
      lines: order.lines.map((line) => ({ ...line, quantity: line.quantity - 2 })),
      cancelledLines: order.lines.map((line) => ({ ...line, quantity: 2 })),
    },
  },
  updateOrder: {
    request: { shippingAddress: elsewhere, metadata: { erp: '0815', channel: null } },
    answer: { ...order, shippingAddress: elsewhere, metadata: { erp: '0815' } },
  },
  readdressShipments: {
    request: { changeId: '4T9V2N7QK3M8X5B1C6D0F2G4H7', address: elsewhere },
    answer: { id: '4T9V2N7QK3M8X5B1C6D0F2G4H7', number: 1 },
  },
  cancelShipmentLine: {
    request: { sku: product.sku, quantity: 2 },
    answer: {
      items: [{ id: `${shipment.id}_c1`, shipmentId: shipment.id, sku: product.sku, quantity: 2 }],
      nothingSent: false,
    },
  },
  dispatchShipment: {
    request: {
      carrier: 'Royal Mail',
      trackingNumber: 'RM123456789GB',
      lines: [{ sku: product.sku, quantity: 4 }],
    },
    answer: {
      ...sent,
      status: 'dispatched',
      lines: [{ sku: product.sku, quantity: 4, returned: 0 }],
      restId: shipment.id.replace(/\d+$/, '2'),
    },
  },
  trackShipment: { request: { trackingNumber: 'RM123456789GB' }, answer: { ...sent, status: 'in_transit' } },
  deliverShipment: { answer: { ...sent, status: 'delivered' } },
  failShipment: {
    request: { reason: 'nobody was there' },
    answer: { ...sent, status: 'failed', failure: 'nobody was there' },
  },
  returnShipment: {
    request: { lines: [{ sku: product.sku, quantity: 1, condition: 'damaged' }] },
    answer: { ...sent, status: 'delivered', lines: [{ sku: product.sku, quantity: 6, returned: 1 }] },
  },
}
