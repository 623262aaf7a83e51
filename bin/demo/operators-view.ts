import { namespace } from '../../functions/runtime/metrics.ts'
import type { DemoStack } from './shop.ts'
import type { Narrator } from './narrator.ts'
import { poisoned } from './poison.ts'

/** What the stories leave for an operator: a payment on hold, and the dead letters of who read the poison. */
const leftOver = ['payments-CardProviderOnHold', ...poisoned.map((subscription) => `${subscription}DeadLettersDepth`)]

/** After all stories: every graph of our own metrics shows something, and the alarms that are on are those that wait for a person. */
export async function operatorsView({ control }: DemoStack, narrator: Narrator): Promise<void> {
  narrator.title('The dashboard and the alarms')
  await control.advance('2m')
  await control.settle()
  const { graphs, alarms } = await control.metrics()
  const own = graphs.filter(({ metrics }) => metrics.some((each) => each.namespace === namespace))
  const empty = own.filter(({ withData }) => withData.length === 0)
  const on = alarms.filter(({ state }) => state === 'ALARM').map(({ name }) => name.split('-').slice(2).join('-'))
  narrator.answered(`${own.length} graphs of our own metrics, ${alarms.length} alarms`)
  narrator.answered(`without data: ${empty.map(({ title }) => title).join(', ') || 'none'}`)
  narrator.answered(`on: ${on.join(', ') || 'none'}`)
  narrator.promise('every graph has data', own.length > 0 && empty.length === 0)
  narrator.promise(
    'alarms are on for the payment on hold and for dead letters, and no other',
    on.length === leftOver.length && leftOver.every((name) => on.some((each) => each.startsWith(name))),
  )
}
