import type { Inbound, Transfer } from '../../schemas/supply.ts'
import { type Example, at, level, product } from './example-items.ts'

const inbound: Inbound = {
  id: 'inb_4T9K2M7XQ1B8H3W6D5F0R9C2VZ',
  sku: product.sku,
  warehouseId: 'main',
  quantity: 100,
  received: 0,
  refused: 0,
  expectedAt: '2026-12-05T08:00:00.000Z',
  reference: 'PO-1002',
  status: 'expected',
  createdAt: at('09:00:00.000'),
}

const transfer: Transfer = {
  id: 'trf_7Q2W9E4R1T8Y5X3C6V0B2N4M8Z',
  sku: product.sku,
  fromWarehouseId: 'main',
  toWarehouseId: 'north',
  quantity: 10,
  received: 0,
  missing: 0,
  returned: 0,
  expectedAt: '2026-12-01T08:00:00.000Z',
  reference: 'TR-17',
  status: 'in_transit',
  createdAt: at('09:30:00.000'),
}

/** Of what is on its way into warehouses. */
export const examplesOfSupply: Readonly<Record<string, Example>> = {
  createInbound: {
    request: { warehouseId: 'main', quantity: 100, expectedAt: inbound.expectedAt, reference: 'PO-1002' },
    answer: inbound,
  },
  listInbound: { answer: { items: [inbound] } },
  getInbound: { answer: inbound },
  updateInbound: { request: { quantity: 80 }, answer: { ...inbound, quantity: 80 } },
  receiveInbound: {
    request: { quantity: 58, refused: 2, reason: 'two are broken' },
    answer: {
      inbound: { ...inbound, received: 58, refused: 2 },
      level: { ...level, onHand: level.onHand + 58, available: level.available + 58, incoming: 40 },
    },
  },
  listTransfers: { answer: { items: [transfer] } },
  getTransfer: { answer: transfer },
  receiveTransfer: {
    request: { quantity: 9, missing: 1, reason: 'one box fell off the truck' },
    answer: {
      transfer: { ...transfer, received: 9, missing: 1, status: 'received' },
      level: { ...level, warehouseId: 'north', onHand: 9, available: 9, reserved: 0 },
    },
  },
}
