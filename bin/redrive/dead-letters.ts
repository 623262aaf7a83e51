import {
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
  SendMessageBatchCommand,
  paginateListQueues,
} from '@aws-sdk/client-sqs'

/** A queue of Holdfast. */
export interface NamedQueue {
  readonly name: string
  readonly url: string
  /** As SQS knows it: approximately, and only what is visible. */
  readonly depth: number
}

const nameOf = (url: string): string => url.slice(url.lastIndexOf('/') + 1)

/** Every queue of Holdfast, by name. */
export async function queuesOf(client: SQSClient, prefix = 'Holdfast-'): Promise<NamedQueue[]> {
  const found: NamedQueue[] = []
  for await (const { QueueUrls = [] } of paginateListQueues({ client, pageSize: 100 }, { QueueNamePrefix: prefix })) {
    for (const QueueUrl of QueueUrls) {
      const { Attributes } = await client.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
      )
      const depth = Number(Attributes?.['ApproximateNumberOfMessages'] ?? 0)
      found.push({ name: nameOf(QueueUrl), url: QueueUrl, depth })
    }
  }
  return found.toSorted((a, b) => a.name.localeCompare(b.name))
}

/** The one that is named so, or whose name contains it. Throws with the names to choose from. */
export function chosen<Named extends { readonly name: string }>(all: readonly Named[], wanted: string): Named {
  const exact = all.find(({ name }) => name === wanted)
  const similar = all.filter(({ name }) => name.toLowerCase().includes(wanted.toLowerCase()))
  const [only, ...others] = exact ? [exact] : similar
  if (only !== undefined && others.length === 0) return only
  const names = (similar.length > 0 ? similar : all).map(({ name }) => `  ${name}`).join('\n')
  throw new Error(`${similar.length > 0 ? 'Several are' : 'None is'} named ${wanted}. Choose from:\n${names}`)
}

/** What keeps a message longer than this invisible is another receiver; SQS waits that long for messages, in seconds. */
const waitSeconds = 1

/**
 * Sends every message that is in the queue now to another one, ten at a time, and deletes it there only after.
 * A message that comes back meanwhile stays. Reports after each ten how many have moved, and returns that number.
 */
export async function redrive(
  client: SQSClient,
  { url, depth }: NamedQueue,
  targetUrl: string,
  moved: (count: number) => void,
): Promise<number> {
  let count = 0
  while (count < depth) {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: Math.min(10, depth - count),
        MessageAttributeNames: ['All'],
        WaitTimeSeconds: waitSeconds,
      }),
    )
    if (Messages.length === 0) break
    const sent = await sendAll(client, targetUrl, Messages)
    await deleteAll(client, url, sent)
    count += sent.length
    moved(count)
    if (sent.length < Messages.length)
      throw new Error(`${Messages.length - sent.length} messages were not taken by ${nameOf(targetUrl)}.`)
  }
  return count
}

async function sendAll(client: SQSClient, QueueUrl: string, messages: readonly Message[]): Promise<Message[]> {
  const { Successful = [] } = await client.send(
    new SendMessageBatchCommand({
      QueueUrl,
      Entries: messages.map(({ Body, MessageAttributes = {} }, index) => {
        // The cause belongs to the failure, not to the message.
        const { cause: _, ...attributes } = MessageAttributes
        return { Id: String(index), MessageBody: Body, MessageAttributes: attributes }
      }),
    }),
  )
  const ids = new Set(Successful.map(({ Id }) => Id))
  return messages.filter((_, index) => ids.has(String(index)))
}

async function deleteAll(client: SQSClient, QueueUrl: string, messages: readonly Message[]): Promise<void> {
  if (messages.length === 0) return
  const { Failed = [] } = await client.send(
    new DeleteMessageBatchCommand({
      QueueUrl,
      Entries: messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
    }),
  )
  if (Failed.length > 0)
    throw new Error(`${Failed.length} messages were sent but are still in ${nameOf(QueueUrl)} as well.`)
}
