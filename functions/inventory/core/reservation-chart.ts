import type { ReservationStatus } from '../../../schemas/reservation.ts'
import { type StateChart, either, operator, system } from '../../../schemas/state-chart.ts'

/** Where a reservation goes from each status, in one write. What ends in -ing is a step of what does not fit one write. */
export const reservationChart: StateChart<ReservationStatus> = {
  holding: {
    held: system('the last step holds the rest'),
    waiting: system('some of it has to come first'),
    refused: system('nothing can be held'),
    releasing: system('a later step finds a line short, or the order has closed'),
    released: system('the order has closed before anything was held'),
  },
  waiting: {
    held: system('all of it has come'),
    released: system('its order has closed'),
  },
  held: {
    committing: { by: ['operator', 'system'], on: 'committed, or its order is confirmed' },
    committed: { by: ['operator', 'system'], on: 'committed, or its order is confirmed' },
    releasing: { by: ['operator', 'system'], on: 'released, its order has closed, or its time is over' },
    released: { by: ['operator', 'system'], on: 'released, its order has closed, or its time is over' },
    taken: operator('an order takes it over'),
  },
  committing: {
    committed: system('the last step'),
    shipping: operator('the last step, and units of a hold without an order leave at once'),
    releasing: system('its order has closed meanwhile'),
  },
  committed: {
    shipping: operator('a parcel, or units of a hold without an order, leave'),
    shipped: operator('the last of it leaves'),
    returning: operator('units come back'),
    releasing: either('released, its order is cancelled, or a parcel cannot leave'),
    released: either('released, its order is cancelled, or no parcel can leave'),
  },
  shipping: {
    committed: system('the last step, others are still there'),
    shipped: system('the last step of the last parcel'),
    returning: system('units come back meanwhile'),
    releasing: system('the rest is released meanwhile'),
  },
  shipped: { returning: operator('units come back') },
  returning: {
    committed: system('the last step'),
    shipped: system('the last step'),
    released: system('the last step'),
    shipping: system('a parcel leaves meanwhile'),
    releasing: system('the rest is released meanwhile'),
  },
  releasing: {
    released: system('the last step'),
    refused: system('the last step of a hold that was refused'),
    committed: system('the last step of a parcel that cannot leave'),
    shipped: system('the last step of a parcel that cannot leave, all others have left'),
    shipping: system('a parcel leaves meanwhile'),
    returning: system('units come back meanwhile'),
  },
  released: { returning: operator('units come back that had left') },
  refused: {},
  taken: {},
}
