import type { CountStatus } from '../../../schemas/count.ts'
import { type StateChart, operator } from '../../../schemas/state-chart.ts'

/** Where a sheet of a count goes from each status. */
export const countChart: StateChart<CountStatus> = {
  open: {
    posting: operator('it is posted'),
    cancelled: operator('it is not needed'),
  },
  posting: { posted: operator('every line is done or refused; posted again where a request died before that') },
  posted: {},
  cancelled: {},
}
