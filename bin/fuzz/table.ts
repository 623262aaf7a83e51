import type { Findings } from './fuzz.ts'
import type { RouteTally } from './run.ts'

/** The least share of the requests of a route that must succeed, so that its code was reached. */
const leastShare = 0.3
/** Routes with fewer requests are not judged by their share. */
const leastAsked = 10
/** The most designed answers of 503, of all requests: a machine that is slow or has other work makes some. */
const mostBusy = 0.01

/** What speaks against the stack, each in a line or more. */
export function objections({ routes, wrong, reconciled }: Findings): readonly string[] {
  const asked = sum(routes, (tally) => tally.asked)
  const busy = sum(routes, busyOf)
  return [
    ...wrong,
    ...routes.filter(isPoor).map(poor),
    ...(busy > asked * mostBusy ? [`${busy} of ${asked} answers are 503${routes.map(whereBusy).join('')}`] : []),
    ...reconciled.wrong.map((each) => `not reconciled: ${each}`),
  ]
}

export const isSound = (findings: Findings): boolean => objections(findings).length === 0

/** A table of the routes, and what is wrong. */
export function report(findings: Findings): string {
  const { routes, reconciled } = findings
  const width = Math.max(...routes.map(({ route }) => route.length))
  const line = (route: string, ...cells: readonly (string | number)[]): string =>
    [route.padEnd(width), ...cells.map((cell) => String(cell).padStart(9))].join(' ')
  const rows = routes.map((tally) => line(tally.route, tally.asked, percent(tally), busyOf(tally)))
  const all = { asked: sum(routes, (tally) => tally.asked), succeeded: sum(routes, (tally) => tally.succeeded) }
  const wrong = objections(findings)
  return [
    line('route', 'requests', '2xx', '503'),
    ...rows,
    line('all', all.asked, percent(all), sum(routes, busyOf)),
    '',
    `Reconciled: ${reconciled.skus} skus, ${reconciled.orders} orders, ${reconciled.wallets} wallets.`,
    ...(wrong.length === 0 ? ['Nothing is wrong.'] : [`${wrong.length} things are wrong:`, ...wrong]),
  ].join('\n')
}

const isPoor = (tally: RouteTally): boolean => tally.asked >= leastAsked && tally.succeeded < tally.asked * leastShare

/** A route that was not reached, and how it refused what should have been good. */
function poor({ route, refused, ...tally }: RouteTally): string {
  const codes = Array.from(refused, ([code, count]) => `, ${count} good ones are refused by ${code}`).join('')
  return `${route}: only ${percent(tally)} of ${tally.asked} succeed${codes}`
}

const percent = ({ asked, succeeded }: Pick<RouteTally, 'asked' | 'succeeded'>): string =>
  asked === 0 ? '-' : `${Math.round((100 * succeeded) / asked)} %`

const busyOf = ({ busy }: RouteTally): number => [...busy.values()].reduce((total, count) => total + count, 0)

const whereBusy = ({ route, busy }: RouteTally): string =>
  Array.from(busy, ([code, count]) => `, ${route}: ${code} ${count}`).join('')

const sum = (routes: readonly RouteTally[], of: (tally: RouteTally) => number): number =>
  routes.reduce((total, tally) => total + of(tally), 0)
