import { type FaultName, type Rates, faultNames } from '../faults/faults.ts'
import { type History, history } from '../history.ts'

/** What breaks the same promise with the fewest faults: each one is left out in turn, and stays out where it was not needed. */
export async function shortened(failed: History): Promise<History> {
  let shortest = failed
  for (const name of faultNames) {
    if (shortest.rates[name] === undefined) continue
    const { [name]: _, ...fewer } = shortest.rates
    const again = await history(failed.seed, { rates: fewer })
    if (again.violation?.promise === failed.violation?.promise) shortest = again
  }
  return history(failed.seed, { rates: shortest.rates, trace: true })
}

/** The story in lines for a reader: what was asked and answered, what was written and published, what went wrong. */
export function storyOf({ lines }: History): readonly string[] {
  return lines.filter((line) => acknowledged.test(line) || !routine.test(line))
}

const routine = / (get|query) |#\d+ answered$/
const acknowledged = /->|VIOLATION|died|threw|\(/

/** The command that repeats a history. */
export function commandOf({ seed, rates }: History, natural: Rates): string {
  const left = (Object.keys(natural) as FaultName[]).filter((name) => rates[name] === undefined)
  const without = left.map((name) => ` --without "${name}"`).join('')
  return `npm run simulate -- --seed ${seed} --trace${without}`
}
