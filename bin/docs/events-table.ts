import { type EventContract, type Service, detailTypeOf, services } from '../../schemas/contract.ts'
import { type ServiceContract, allEvents, topology } from '../../schemas/topology.ts'

/** What other systems of this kind call the same fact. */
export const namesElsewhere: Readonly<Record<string, readonly string[]>> = {
  'order.placed': ['order.created'],
  'order.reserved': ['OrderStatusChanged'],
  'order.confirmed': ['OrderStatusChanged'],
  'order.rejected': ['OrderStatusChanged'],
  'order.cancelled': ['OrderStatusChanged'],
  'order.expired': ['OrderStatusChanged'],
  'stock.reserved': ['stock.reduction.success', 'InventoryReserved'],
  'stock.refused': ['stock.reduction.fail'],
  'product.created': ['PET_*'],
  'product.updated': ['PET_*'],
  'product.deleted': ['PET_*'],
}

/** Every event of the bus and every timer: who says it, who hears it, what it means. */
export function eventsTable(): string {
  const timers = services.flatMap((service) => Object.values(contractOf(service).timers))
  return [
    '| event | said by | heard by | what it means | called elsewhere |',
    '| --- | --- | --- | --- | --- |',
    ...allEvents.map((contract) => row(contract, contract.source, hearersOf(contract))),
    ...timers.map((contract) => row(contract, 'Scheduler', [contract.source])),
  ].join('\n')
}

function contractOf(service: Service): ServiceContract {
  return topology[service]
}

function hearersOf(contract: EventContract): readonly string[] {
  return services.filter((service) => contractOf(service).consumes.includes(contract))
}

function row(contract: EventContract, saidBy: string, heardBy: readonly string[]): string {
  const elsewhere = (namesElsewhere[contract.name] ?? []).map((name) => `\`${name}\``)
  const cells = [`\`${detailTypeOf(contract)}\``, saidBy, listed(heardBy), contract.description, listed(elsewhere)]
  return `| ${cells.join(' | ')} |`
}

const listed = (names: readonly string[]): string => (names.length === 0 ? '-' : names.join(', '))
