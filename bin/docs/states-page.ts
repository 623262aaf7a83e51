import { countChart } from '../../functions/inventory/core/count-chart.ts'
import { inboundChart, transferChart } from '../../functions/inventory/core/supply-chart.ts'
import { reservationChart } from '../../functions/inventory/core/reservation-chart.ts'
import { orderChart } from '../../functions/orders/core/order-chart.ts'
import { paymentChart, refundChart } from '../../functions/payments/core/payment-chart.ts'
import { parcelChart } from '../../functions/shipping/core/parcel-chart.ts'
import type { StateChart, Way } from '../../schemas/state-chart.ts'

/** Every chart by what it is of. */
export const charts = {
  Order: orderChart,
  Reservation: reservationChart,
  Shipment: parcelChart,
  Payment: paymentChart,
  Refund: refundChart,
  Count: countChart,
  Inbound: inboundChart,
  Transfer: transferChart,
} as const satisfies Readonly<Record<string, StateChart<string>>>

/** A picture of each chart, and a table of who opens which way. */
export function statesPage(): string {
  return Object.entries<StateChart<string>>(charts)
    .map(([name, chart]) => [`## ${name}`, drawn(chart), table(chart)].join('\n\n'))
    .join('\n\n')
}

const waysOf = (chart: StateChart<string>): [string, string, Way][] =>
  Object.entries(chart).flatMap(([from, ways]) =>
    Object.entries(ways).flatMap(([to, way]): [string, string, Way][] => (way ? [[from, to, way]] : [])),
  )

function drawn(chart: StateChart<string>): string {
  const arrows = waysOf(chart).map(([from, to]) => `  ${from} --> ${to}`)
  const ends = Object.entries(chart).flatMap(([state, ways]) =>
    Object.keys(ways).length === 0 ? [`  ${state} --> [*]`] : [],
  )
  return ['```mermaid', 'stateDiagram-v2', `  [*] --> ${Object.keys(chart)[0]}`, ...arrows, ...ends, '```'].join('\n')
}

function table(chart: StateChart<string>): string {
  const rows = waysOf(chart).map(([from, to, { by, on }]) => `| ${from} | ${to} | ${by.join(', ')} | ${on} |`)
  return ['| from | to | by | when |', '| --- | --- | --- | --- |', ...rows].join('\n')
}
