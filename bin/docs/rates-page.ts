import { localRates, rates } from '../../lib/rates.ts'
import { type Rate, rated } from '../../schemas/rates.ts'

/** One table: what is counted, and how often each stage lets it happen. */
export const ratesPage = (): string => {
  const deployed = new Map<string, Rate>(Object.entries({ ...rates.users, ...rates.payments }))
  const local = new Map<string, Rate>(Object.entries({ ...localRates.users, ...localRates.payments }))
  return [
    '| rate | what it counts | `dev` and `prod` | `local` |',
    '| --- | --- | --- | --- |',
    ...Object.entries(rated).map(
      ([name, counts]) => `| \`${name}\` | ${counts} | ${shown(deployed.get(name))} | ${shown(local.get(name))} |`,
    ),
  ].join('\n')
}

function shown(rate: Rate | undefined): string {
  if (rate === undefined) return ''
  const { most, seconds, waits } = rate
  const times = most.toLocaleString('en')
  if (waits === undefined) return `${times} in ${timeOf(seconds)}`
  const { first, longest } = waits
  const wait = first === longest ? timeOf(first) : `${timeOf(first)}, doubled up to ${timeOf(longest)}`
  return `${times}, then a wait of ${wait}; forgotten ${timeOf(seconds)} after the last`
}

const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const

function timeOf(seconds: number): string {
  const [name, length] = units.find(([, each]) => seconds % each === 0) ?? ['second', 1]
  return seconds === length ? `1 ${name}` : `${seconds / length} ${name}s`
}
