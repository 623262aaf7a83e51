import { type EventContract, type Service, services } from '../../schemas/contract.ts'
import { type ServiceContract, topology } from '../../schemas/topology.ts'

/** Which service publishes what to which, as a mermaid flowchart. */
export function picture(): string {
  const nodes = services.map((service) => `  api --> ${service}[${service}]`)
  const edges = services.flatMap((consumer) => arrowsTo(consumer))
  return ['```mermaid', 'flowchart LR', '  api([HTTP API])', ...nodes, ...edges, '```'].join('\n')
}

function arrowsTo(consumer: Service): string[] {
  const { consumes, timers }: ServiceContract = topology[consumer]
  const arrows = services.flatMap((producer) =>
    arrow(
      producer,
      consumer,
      consumes.filter(({ source }) => source === producer),
    ),
  )
  return [...arrows, ...arrow('scheduler([Scheduler])', consumer, timers)]
}

function arrow(from: string, to: string, contracts: readonly EventContract[]): string[] {
  if (contracts.length === 0) return []
  return [`  ${from} -- "${contracts.map(({ name }) => name).join('<br/>')}" --> ${to}`]
}
