import { type StateChart, operator } from '../../../schemas/state-chart.ts'
import type { InboundStatus, TransferStatus } from '../../../schemas/supply.ts'

/** Where an inbound goes from each status. */
export const inboundChart: StateChart<InboundStatus> = {
  expected: {
    received: operator('all of it has come, taken or refused; or no more is expected than has come'),
    closed: operator('a final receipt is short'),
    cancelled: operator('what has not come is expected no more'),
  },
  received: {},
  closed: {},
  cancelled: {},
}

/** Where a transfer with a time in transit goes from each status. */
export const transferChart: StateChart<TransferStatus> = {
  in_transit: {
    received: operator('the last of its units have come, or are missing'),
    returned: operator('it is called back: what has not come is where it came from'),
  },
  received: {},
  returned: {},
}
