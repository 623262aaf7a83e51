import { DescribeTableCommand, type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb'
import { type SQSClient, SendMessageBatchCommand } from '@aws-sdk/client-sqs'
import { callsOf } from '../../functions/runtime/bus.ts'
import type { Clock } from '../../functions/runtime/clock.ts'
import { type Attributes, attributesOf, itemOf } from '../../functions/runtime/item-codec.ts'
import type { Item } from '../../functions/runtime/store.ts'
import { outboxAgain as ordersAgain } from '../../functions/orders/store/order-item.ts'
import { outboxAgain as shipmentsAgain } from '../../functions/shipping/store/shipments-item.ts'
import type { Service } from '../../schemas/contract.ts'
import { chosen, queuesOf } from '../redrive/dead-letters.ts'
import type { Progress } from '../replay/progress.ts'
import { tableOf } from '../table-of.ts'

export interface EmitClients {
  readonly dynamodb: DynamoDBClient
  readonly sqs: SQSClient
}

/** Which items emit again: those of a service, or those of them that were written in a span of time. */
export interface EmitRequest {
  readonly stage: string
  readonly service: Service
  readonly from?: Date | undefined
  readonly to?: Date | undefined
}

/** What an item emits again, where that is more than its version emits: what came of its earlier versions, or is pending. */
const outboxes: Readonly<Partial<Record<Service, (item: Item) => readonly string[]>>> = {
  orders: ordersAgain,
  shipping: shipmentsAgain,
}

/** The most bytes of one call of SQS, with some left for its own. */
const maxCallBytes = 1_000_000

/**
 * Sends the items of a service, as records of its stream, to the spill queue of its relay, which publishes the events in them. The ids of
 * these events are made of item and version: to send them twice is to send them once. Returns how many items it sent.
 */
export async function emitAgain(
  { dynamodb, sqs }: EmitClients,
  { stage, service, from, to }: EmitRequest,
  { clock, progress }: { readonly clock: Clock; readonly progress: Progress },
): Promise<number> {
  const owner = `Holdfast-${stage}-${service}-`
  const TableName = await tableOf(dynamodb, stage, service)
  const { url } = chosen(await queuesOf(sqs, owner), `${owner}RelaySpill`)
  const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName }))
  progress.start(service, Table?.ItemCount ?? 0)
  let count = 0
  for await (const { Items = [] } of paginateScan({ client: dynamodb }, { TableName })) {
    const bodies = Items.flatMap((attributes) => {
      progress.step()
      return recordOf(service, attributes, clock.now(), { from, to })
    })
    for (const call of callsOf(bodies, (body) => Buffer.byteLength(body), maxCallBytes)) await sendAll(sqs, url, call)
    count += bodies.length
  }
  progress.stop()
  return count
}

/** The item as a record of its stream, with what it emits again; none where that is nothing, or it is of another time. */
function recordOf(
  service: Service,
  attributes: Attributes,
  now: number,
  { from, to }: Pick<EmitRequest, 'from' | 'to'>,
): string[] {
  const item = itemOf(attributes)
  const outbox = (outboxes[service] ?? (() => item.outbox ?? []))(item)
  const at = Date.parse(item.at ?? '')
  if (outbox.length === 0 || at < (from?.getTime() ?? -Infinity) || at >= (to?.getTime() ?? Infinity)) return []
  const { pk, sk, ...rest } = attributesOf({ ...item, outbox })
  const Keys = { pk, sk }
  const dynamodb = { ApproximateCreationDateTime: now / 1_000, Keys, NewImage: { ...Keys, ...rest } }
  return [JSON.stringify({ eventName: 'MODIFY', dynamodb })]
}

async function sendAll(sqs: SQSClient, QueueUrl: string, bodies: readonly string[]): Promise<void> {
  const Entries = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }))
  const { Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
  if (Failed.length > 0)
    throw new Error(
      `${Failed.length} records were not taken: ${Failed[0]?.Message}. Send all again: that changes nothing.`,
    )
}
