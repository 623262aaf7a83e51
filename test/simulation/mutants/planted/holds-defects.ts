import { type Defect, defect } from './defect.ts'

/** Mistakes with what other systems hold. */
export const holdsDefects: readonly Defect[] = [
  defect('a hold is extended after its time', 'inventory/core/reservation', 'held-now', [/ && \w+ > \w+/, '']),
  defect('what is over is extended', 'inventory/core/reservation', 'held-now', [/\w+ === 'held' && /, '']),
  defect('an extension may make a hold shorter', 'inventory/core/reservation', 'extend-longer', [/ && \S+ > \S+/, '']),
  defect('holds are extended for as long as anybody likes', 'inventory/routes/extend', 'extend-ceiling', 'never'),
  defect('units that are about to leave are promised again', 'inventory/core/departure', 'departing-units', [
    /\w+\.reduce\(.*, (?=allocation)(.*)\)$/m,
    '$1',
  ]),
  defect('what has departed may depart again', 'inventory/core/departure', 'departed-units', [/ - \(.*?\)/, '']),
  defect('more departs than is left', 'inventory/core/departure', 'departure-short', 'never'),
  defect('one departure leaves twice', 'inventory/core/departure', 'departed-once', [
    /departed\.includes\(\w+\) \|\| /,
    '',
  ]),
  defect('an order takes over what is over', 'inventory/core/take-over', 'take-held', [
    /hold\?\.status !== 'held' \|\| .* !== undefined/,
    'hold === undefined',
  ]),
  defect('what is taken over stays where it was', 'inventory/core/decide-batch', 'taken-hold', 'drop'),
  defect('an order that names a hold makes another', 'inventory/on/order', 'takes-request', [/\{ takes: \w+ \}/, '{}']),
  defect('the hold that an order names is lost on the way', 'orders/outbox-events', 'placed-takes', [
    /\{ reservationId \}/,
    '{}',
  ]),
  defect('a hold is taken over after its time', 'orders/routes/take-over', 'take-time', { value: 'false' }),
]
