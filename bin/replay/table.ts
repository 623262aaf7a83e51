import { OrderStatus } from '../../schemas/order-status.ts'
import { type Figures, type Percentiles, isSound } from './figures.ts'

/** A table of labels and what stands beside them. */
export function tableOf(rows: readonly (readonly [label: string, value: string])[]): string {
  const width = Math.max(...rows.map(([label]) => label.length))
  return rows.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`).join('\n')
}

/** What a replay ends with: the table, what was odd, and what is wrong. */
export function report(figures: Figures): string {
  return [tableOf(rowsOf(figures)), ...sections(figures), verdict(figures)].join('\n\n')
}

const number = (value: number): string => value.toLocaleString('en-GB')
const some = (count: number, what: string): string => `${number(count)} ${what}${count === 1 ? '' : 's'}`

/** The statuses that a row of the table counts, whatever the count. */
const shownAlways: ReadonlySet<OrderStatus> = new Set(['rejected'])

function rowsOf(figures: Figures): [string, string][] {
  const { rows, products, course, reconciliation, usage, perSecond } = figures
  return [
    ['files', figures.files.join(', ')],
    [
      'rows',
      `${number(rows.read)} = ${number(rows.sale)} sold + ${number(rows.return)} returned + ${number(rows.adjustment)} adjusted + ${number(rows.unusable)} unusable`,
    ],
    [
      'products',
      `${number(products.created)} created, ${number(products.updated)} updated, ${number(products.unchanged)} unchanged, ${number(products.refused.length)} refused`,
    ],
    ['stock', figures.stock],
    ['payment', `${course.pay}, ${course.ship ? 'shipped' : 'not shipped'}`],
    ['invoices', number(figures.invoices)],
    ['lines', number(figures.lines)],
    ['units', number(figures.units)],
    ...statusRows(figures.orders),
    ...optional('not placed', figures.notPlaced.length),
    ...optional('parcels', figures.parcels),
    ...waitedRow(figures.backorders),
    ['returns', made(figures.returns)],
    ['adjustments', made(figures.adjustments)],
    ['place', `${latency(figures.place)} (POST /orders, from sent to answered, without waiting for stock)`],
    ...latencyRow('place to reserved', figures.placeToReserved, 'by the times in the history of each order'),
    ...latencyRow('reserved to confirmed', figures.reservedToConfirmed, 'likewise'),
    ...latencyRow('delivered to completed', figures.deliveredToCompleted, 'from the arrival of the last parcel'),
    ['trading took', `${figures.seconds.toFixed(1)} s`],
    ...rateRow('placed', perSecond.placed, 'while trading'),
    ...rateRow('confirmed', perSecond.confirmed, 'from the first that was placed to the last confirmed'),
    ...rateRow('completed', perSecond.completed, 'from the first parcel that left to the last order completed'),
    ...usageRows(usage, figures.invoices),
    [
      'stock',
      `${number(reconciliation.opening)} opened = ${number(reconciliation.levels.available)} there + ${number(reconciliation.levels.reserved)} reserved + ${number(reconciliation.levels.allocated)} allocated + ${number(reconciliation.levels.unavailable)} unavailable + ${number(reconciliation.shipped)} shipped ${reconciliation.adjusted > 0 ? '-' : '+'} ${number(Math.abs(reconciliation.adjusted))} adjusted ${reconciliation.adjusted > 0 ? 'in' : 'away'}; ${some(reconciliation.skus, 'sku')}, ${verdictOn(reconciliation.wrong)}`,
    ],
    ...moneyRows(figures),
    ...followedRow(figures.followed),
  ]
}

/** In the order of the statuses' own declaration. */
const statusRows = (orders: Figures['orders']): [string, string][] =>
  OrderStatus.options.flatMap((status): [string, string][] => {
    const count = orders[status] ?? 0
    return count > 0 || shownAlways.has(status) ? [[status.replaceAll('_', ' '), number(count)]] : []
  })

const latencyRow = (label: string, percentiles: Percentiles | undefined, how: string): [string, string][] =>
  percentiles === undefined ? [] : [[label, `${latency(percentiles)} (${how})`]]

const rateRow = (label: string, rate: number | undefined, when: string): [string, string][] =>
  rate === undefined ? [] : [[`${label} per second`, `${rate.toFixed(1)} orders, ${when}`]]

const pounds = (pence: number): string => `£${(pence / 100).toLocaleString('en-GB', { minimumFractionDigits: 2 })}`
const verdictOn = (wrong: readonly string[]): string =>
  wrong.length === 0 ? 'each balanced' : `${number(wrong.length)} WRONG`

function moneyRows({ money }: Figures): [string, string][] {
  const { due, charged, refunded, wallets, wrong } = money
  return [
    ...(wallets ? [walletRow(wallets)] : []),
    [
      'money',
      `${pounds(charged)} charged - ${pounds(refunded)} refunded for orders of ${pounds(due)}; ${verdictOn(wrong)}`,
    ],
  ]
}

const walletRow = ({ customers, deposited, spent }: NonNullable<Figures['money']['wallets']>): [string, string] => [
  'wallets',
  `${pounds(deposited)} deposited by ${some(customers, 'customer')}, ${pounds(spent)} of it spent`,
]

const optional = (label: string, count: number): [string, string][] => (count === 0 ? [] : [[label, number(count)]])

const waitedRow = (backorders: Figures['backorders']): [string, string][] =>
  backorders === undefined
    ? []
    : [
        [
          'waited',
          `${some(backorders.waited, 'order')}, filled from ${number(backorders.made)} deliveries at night, ${number(backorders.short)} of them short; ${backorders.outOfTurn.length === 0 ? 'each in its turn' : verdictOn(backorders.outOfTurn)}`,
        ],
      ]

const followedRow = (followed: Figures['followed']): [string, string][] =>
  followed === undefined
    ? []
    : [
        [
          'followed',
          `${some(followed.events, 'event')} in the feed, ${some(followed.deliveries, 'request')} of the webhook, reports of ${some(followed.days, 'day')}; ${followed.wrong.length === 0 ? 'all as the orders have it' : `${number(followed.wrong.length)} WRONG`}`,
        ],
      ]

const made = ({ made, refused }: Figures['returns']): string =>
  `${number(made)}${refused.length === 0 ? '' : `, ${number(refused.length)} refused`}`

const latency = (percentiles: Percentiles | undefined): string =>
  percentiles === undefined ? 'none' : `p50 ${Math.round(percentiles.p50)} ms, p99 ${Math.round(percentiles.p99)} ms`

function usageRows(usage: Figures['usage'], invoices: number): [string, string][] {
  if (usage === undefined || invoices === 0) return []
  const each = (count: number): string => (count / invoices).toFixed(1)
  const busy = usage.services.filter(({ calls }) => calls > 0)
  return busy.map(({ service, calls, writeUnits }) => [
    `cost of ${service}`,
    `${each(calls)} AWS calls and ${each(writeUnits)} write units per order, all trading counted`,
  ])
}

/** At most this many lines of a kind. */
const shown = 10

function list(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return []
  const rest = lines.length > shown ? [`  and ${number(lines.length - shown)} more`] : []
  return [[`${title}:`, ...lines.slice(0, shown).map((each) => `  ${each}`), ...rest].join('\n')]
}

function sections(figures: Figures) {
  const { oddities, unusable, products, notPlaced, notShipped, unfinished, returns, adjustments } = figures
  return [
    ...list('Odd, and handled', [
      ...oddities.renamed.map(({ code, sku }) => `stock code "${code}" is no sku: ${sku}`),
      ...line(oddities.nameless, 'product', 'without a description, named after the sku'),
      ...line(oddities.severalNames, 'product', 'with several descriptions: the first counts'),
      ...line(oddities.otherPrices, 'line', 'at another price than the list price, which is charged'),
      ...line(oddities.free, 'line', 'sold for nothing in the file'),
      ...line(oddities.repeated, 'line', 'repeating a sku of the invoice: merged by the backend'),
    ]),
    ...list(
      'Rows that cannot be used',
      unusable.map(({ file, row, reason }) => `${file} row ${row}: ${reason}`),
    ),
    ...list(
      'Products refused',
      products.refused.map(({ sku, why }) => `${sku}: ${why}`),
    ),
    ...list('Orders refused at the door', notPlaced),
    ...list('Orders whose parcels could not be sent', notShipped),
    ...list('Orders that did not get where they should', unfinished),
    ...list('Returns refused', returns.refused),
    ...list('Adjustments refused', adjustments.refused),
    ...list('Rejected without a true reason', figures.unexplained),
    ...list('Held out of turn', figures.backorders?.outOfTurn ?? []),
    ...list('What does not reconcile', figures.reconciliation.wrong),
    ...list('Money that does not balance', figures.money.wrong),
    ...list('What those who follow do not have as it is', figures.followed?.wrong ?? []),
  ]
}

const line = (count: number, noun: string, what: string): string[] =>
  count === 0 ? [] : [`${some(count, noun)} ${what}`]

function verdict(figures: Figures): string {
  if (isSound(figures)) return 'Stock and money reconcile.'
  return figures.reconciliation.wrong.length + figures.money.wrong.length > 0
    ? 'Stock and money do NOT reconcile.'
    : 'Stock and money reconcile, but orders are not as they should be.'
}
