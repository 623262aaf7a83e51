import type { OrderStatus } from '../../../schemas/order-status.ts'
import { type StateChart, either, operator, system } from '../../../schemas/state-chart.ts'

/** Where an order goes from each status. `delivered` is passed on the way to `completed`. */
export const orderChart: StateChart<OrderStatus> = {
  placed: {
    reserved: system('all of its stock is held'),
    backordered: system('some of it is short, and may be waited for'),
    confirmed: system('all of its stock is held, and it was approved before'),
    rejected: system('its stock is refused'),
    cancelled: either('cancelled'),
  },
  reserved: {
    confirmed: { by: ['customer', 'operator', 'system'], on: 'paid, or approved by hand' },
    payment_failed: system('the money will not come'),
    cancelled: either('cancelled'),
    expired: system('the hold is over'),
  },
  backordered: {
    reserved: system('all of its stock is held'),
    confirmed: system('all of its stock is held, and it was approved before'),
    payment_failed: system('the money will not come, of an order that pays at placing'),
    cancelled: { by: ['customer', 'operator', 'system'], on: 'cancelled, or what it waits for has not come in time' },
  },
  confirmed: {
    partially_shipped: operator('a parcel leaves, others are still there'),
    shipped: operator('the last parcel leaves'),
    completed: operator('everything has arrived or come back'),
    payment_failed: system('what was set aside cannot be taken'),
    cancelled: either('cancelled, or no parcel can leave'),
  },
  partially_shipped: {
    shipped: operator('the last parcel leaves, or what has not left never will'),
    completed: operator('everything that left has arrived or come back'),
    payment_failed: system('what was set aside cannot be taken'),
  },
  shipped: {
    completed: operator('everything has arrived or come back'),
    payment_failed: system('what was set aside cannot be taken'),
  },
  delivered: { completed: system('nothing more is to be done') },
  completed: { payment_failed: system('what was set aside cannot be taken') },
  rejected: {},
  payment_failed: {},
  cancelled: {},
  expired: {},
}
