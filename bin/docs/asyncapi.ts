import { type EventContract, type Service, detailTypeOf, services, sourceOf } from '../../schemas/contract.ts'
import { type JsonSchema, eventSchema } from '../../schemas/json-schema.ts'
import { type ServiceContract, allEvents, topology } from '../../schemas/topology.ts'

const timers = services.flatMap((service) => topologyOf(service).timers)
const messages = [...allEvents, ...timers]

/** The AsyncAPI 3.0 description of the bus: which service publishes what, and which consumes it. */
export function asyncapi(version: string) {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Holdfast events',
      version,
      description:
        'Every event is an EventBridge event: `source` and `detail-type` as in the headers, the payload as its `detail`. Any may come twice, late, or out of order; its `id` is the same each time.',
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    channels: {
      bus: { address: 'holdfast', description: 'The EventBridge bus.', messages: refsOf(allEvents) },
      timers: {
        address: null,
        description: 'One-time schedules, each of which sends its message to the queue of its service.',
        messages: refsOf(timers),
      },
    },
    operations: Object.fromEntries(services.flatMap(operationsOf)),
    components: {
      messages: Object.fromEntries(messages.map((contract) => [detailTypeOf(contract), messageOf(contract)])),
      schemas: Object.assign({}, ...messages.map((contract) => partsOf(contract).definitions)),
    },
  }
}

function topologyOf(service: Service): ServiceContract {
  return topology[service]
}

const keyOf = (contract: EventContract): string => detailTypeOf(contract)

const refsOf = (contracts: readonly EventContract[]) =>
  Object.fromEntries(
    contracts.map((contract) => [keyOf(contract), { $ref: `#/components/messages/${keyOf(contract)}` }]),
  )

function operationsOf(service: Service) {
  const { events, consumes, timers } = topologyOf(service)
  return [
    operation(`${service}.publishes`, 'send', 'bus', Object.values(events)),
    operation(`${service}.consumes`, 'receive', 'bus', consumes),
    operation(`${service}.timers`, 'receive', 'timers', timers),
  ].flat()
}

function operation(name: string, action: string, channel: string, contracts: readonly EventContract[]) {
  if (contracts.length === 0) return []
  const messages = contracts.map((contract) => ({ $ref: `#/channels/${channel}/messages/${keyOf(contract)}` }))
  return [[name, { action, channel: { $ref: `#/channels/${channel}` }, messages }] as const]
}

function messageOf(contract: EventContract) {
  return {
    name: detailTypeOf(contract),
    summary: contract.description,
    tags: [{ name: contract.source }],
    headers: {
      type: 'object',
      required: ['source', 'detail-type'],
      properties: { source: { const: sourceOf(contract) }, 'detail-type': { const: detailTypeOf(contract) } },
    },
    payload: partsOf(contract).schema,
  }
}

/** The schema of an event, with references to what the document shares. */
function partsOf(contract: EventContract): { schema: JsonSchema; definitions: JsonSchema } {
  const text = JSON.stringify(eventSchema(contract, 'draft-7')).replaceAll('#/definitions/', '#/components/schemas/')
  const { definitions = {}, $schema: _, ...schema } = JSON.parse(text) as { definitions?: JsonSchema } & JsonSchema
  return { schema, definitions }
}
