import type { ShipmentStatus } from '../../../schemas/shipment.ts'
import { type StateChart, either, operator } from '../../../schemas/state-chart.ts'

/** Where a shipment goes from each status. */
export const parcelChart: StateChart<ShipmentStatus> = {
  created: {
    dispatched: operator('it leaves, and what stays of it is another one'),
    cancelled: either('it cannot leave, or its order is cancelled'),
  },
  dispatched: {
    in_transit: operator('the carrier has it'),
    delivered: operator('it arrives'),
    failed: operator('the carrier cannot deliver it'),
    returned: operator('all of it comes back'),
  },
  in_transit: {
    delivered: operator('it arrives'),
    failed: operator('the carrier cannot deliver it'),
    returned: operator('all of it comes back'),
  },
  failed: {
    in_transit: operator('another try'),
    delivered: operator('it arrives after all'),
    returned: operator('all of it comes back'),
  },
  delivered: { returned: operator('all of it comes back') },
  returned: {},
  cancelled: {},
}
