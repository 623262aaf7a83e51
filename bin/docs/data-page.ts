import { routes } from '../../schemas/client.ts'
import { type EventContract, type RouteContract, routeKeyOf } from '../../schemas/contract.ts'
import { type Place, personalData } from '../../schemas/personal-data.ts'
import { type Kind, textsOf } from '../../schemas/personal.ts'
import { type ServiceContract, allEvents, topology } from '../../schemas/topology.ts'

const kinds = Object.entries(personalData) as [Kind, (typeof personalData)[Kind]][]

/** Of each kind of personal data: which routes take or show it, which items keep it for how long, and which event brings it to whom. */
export const dataPage = (): string =>
  [
    '| what | kept in | until | when its person is erased | travels in |',
    '| --- | --- | --- | --- | --- |',
    ...kinds.flatMap(([kind, { what, places }]) =>
      places.map((place: Place, index) => {
        const first = index === 0 ? [what, travelling(kind)] : ['', '']
        return `| ${first[0]} | ${place.service}: \`${place.item}\` | ${place.until} | ${place.erased} | ${first[1]} |`
      }),
    ),
    '',
    '| what | taken by | shown by |',
    '| --- | --- | --- |',
    ...kinds.map(([kind, { what }]) => `| ${what} | ${keys(kind, 'body')} | ${keys(kind, 'answer')} |`),
  ].join('\n')

function travelling(kind: Kind): string {
  const events = allEvents.filter(({ isPrivate, data }) => isPrivate && has(kind, textsOf(data)))
  return events.map((contract) => `\`${contract.name}\`, to ${consumerOf(contract)}`).join('; ')
}

const consumerOf = (contract: EventContract): string =>
  Object.entries<ServiceContract>(topology)
    .filter(([, { consumes }]) => consumes.includes(contract))
    .map(([service]) => service)
    .join()

const has = (kind: Kind, texts: ReturnType<typeof textsOf>): boolean => texts.some((text) => text.kind === kind)

function keys(kind: Kind, part: 'body' | 'answer'): string {
  const found = Object.values<RouteContract>(routes).filter(({ body, answer }) => {
    const schema = part === 'body' ? body : answer.body
    return schema !== undefined && has(kind, textsOf(schema))
  })
  return found.map((route) => `\`${routeKeyOf(route)}\``).join(', ')
}
