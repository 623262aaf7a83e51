import type { ReservationStatus } from '../../../schemas/reservation.ts'
import { type StateChart, either, operator, system } from '../../../schemas/state-chart.ts'

/** Where a reservation goes from each status, in one write. What ends in -ing is a step of what does not fit one write. */
export const reservationChart: StateChart<ReservationStatus> = {
  holding: {
    held: system('the last step holds the rest'),
    refused: system('nothing can be held'),
    releasing: system('a later step finds a line short, or the order has closed'),
    released: system('the order has closed before anything was held'),
  },
  held: {
    committing: { by: ['operator', 'system'], on: 'committed, or its order is confirmed' },
    committed: { by: ['operator', 'system'], on: 'committed, or its order is confirmed' },
    releasing: { by: ['operator', 'system'], on: 'released, its order has closed, or its time is over' },
    released: { by: ['operator', 'system'], on: 'released, its order has closed, or its time is over' },
  },
  committing: {
    committed: system('the last step'),
    releasing: system('its order has closed meanwhile'),
  },
  committed: {
    shipping: operator('a parcel leaves'),
    shipped: operator('the last parcel leaves'),
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
}
