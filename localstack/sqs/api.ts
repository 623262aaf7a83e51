import * as z from 'zod'
import { AwsError } from '../endpoint/aws-error.ts'
import type { Queue } from './queue.ts'
import type { Call, Operations } from '../endpoint/call.ts'

const Attributes = z.record(
  z.string(),
  z.object({
    DataType: z.string(),
    StringValue: z.string().exactOptional(),
    BinaryValue: z.string().exactOptional(),
  }),
)
const Message = z.object({
  MessageBody: z.string(),
  DelaySeconds: z.int().exactOptional(),
  MessageAttributes: Attributes.exactOptional(),
})
const Entry = Message.extend({ Id: z.string() })
const QueueUrl = z.object({ QueueUrl: z.string() })
const Received = z.object({
  MaxNumberOfMessages: z.int().exactOptional(),
  VisibilityTimeout: z.int().exactOptional(),
  WaitTimeSeconds: z.int().default(0),
})
const Handle = z.object({ ReceiptHandle: z.string() })
const Visibility = Handle.extend({ VisibilityTimeout: z.int() })
const batchOf = <Each extends z.ZodType>(entry: Each) => z.object({ Entries: z.array(entry).min(1).max(10) })

export interface SqsDeps {
  /** The queues by name. */
  readonly queues: ReadonlyMap<string, Queue>
  readonly endpoint: string
  readonly account: string
}

/** SQS, for the queues of the templates. */
export function sqsOperations({ queues, endpoint, account }: SqsDeps): Operations {
  const urlOf = (queue: Queue): string => `${endpoint}/${account}/${queue.settings.name}`

  function queueOf(call: Call, action: string): Queue {
    const { QueueUrl: url } = parse(QueueUrl, call)
    const queue = queues.get(url.slice(url.lastIndexOf('/') + 1))
    if (queue === undefined) throw missing()
    call.authorize(`sqs:${action}`, queue.settings.arn)
    return queue
  }

  return {
    SendMessage: (call) =>
      queueOf(call, 'SendMessage').send({ ...parse(Message, call), traceHeader: call.traceHeader }),
    SendMessageBatch: (call) => {
      const queue = queueOf(call, 'SendMessage')
      return each(parse(batchOf(Entry), call).Entries, (entry) =>
        queue.send({ ...entry, traceHeader: call.traceHeader }),
      )
    },
    ReceiveMessage: (call) => receive(queueOf(call, 'ReceiveMessage'), parse(Received, call)),
    DeleteMessage: (call) => {
      queueOf(call, 'DeleteMessage').delete(parse(Handle, call).ReceiptHandle)
      return {}
    },
    DeleteMessageBatch: (call) => {
      const queue = queueOf(call, 'DeleteMessage')
      const { Entries } = parse(batchOf(Handle.extend({ Id: z.string() })), call)
      return each(Entries, ({ ReceiptHandle }) => queue.delete(ReceiptHandle))
    },
    ChangeMessageVisibility: (call) => {
      const { ReceiptHandle, VisibilityTimeout } = parse(Visibility, call)
      queueOf(call, 'ChangeMessageVisibility').changeVisibility(ReceiptHandle, VisibilityTimeout)
      return {}
    },
    ChangeMessageVisibilityBatch: (call) => {
      const queue = queueOf(call, 'ChangeMessageVisibility')
      const { Entries } = parse(batchOf(Visibility.extend({ Id: z.string() })), call)
      return each(Entries, ({ ReceiptHandle, VisibilityTimeout }) =>
        queue.changeVisibility(ReceiptHandle, VisibilityTimeout),
      )
    },
    PurgeQueue: (call) => {
      queueOf(call, 'PurgeQueue').purge()
      return {}
    },
    GetQueueAttributes: (call) => ({ Attributes: attributesOf(queueOf(call, 'GetQueueAttributes')) }),
    GetQueueUrl: (call) => {
      const { QueueName } = parse(z.object({ QueueName: z.string() }), call)
      const queue = queues.get(QueueName)
      if (queue === undefined) throw missing()
      call.authorize('sqs:GetQueueUrl', queue.settings.arn)
      return { QueueUrl: urlOf(queue) }
    },
    ListQueues: (call) => {
      call.authorize('sqs:ListQueues', '*')
      const { QueueNamePrefix } = parse(z.object({ QueueNamePrefix: z.string().default('') }), call)
      const found = [...queues.values()].filter(({ settings }) => settings.name.startsWith(QueueNamePrefix))
      return { QueueUrls: found.map(urlOf) }
    },
    ListDeadLetterSourceQueues: (call) => {
      const target = queueOf(call, 'ListDeadLetterSourceQueues')
      const sources = [...queues.values()].filter(({ settings }) => settings.redrive?.queue === target)
      return { queueUrls: sources.map(urlOf) }
    },
  }
}

/** Waits for a message as long as the caller wants (at most 20 s). */
async function receive(queue: Queue, options: z.infer<typeof Received>) {
  const { MaxNumberOfMessages: max, VisibilityTimeout: visibilityTimeoutSeconds, WaitTimeSeconds } = options
  const take = () =>
    queue.receive({
      ...(max !== undefined && { max }),
      ...(visibilityTimeoutSeconds !== undefined && { visibilityTimeoutSeconds }),
    })
  const messages = take()
  if (messages.length > 0 || WaitTimeSeconds === 0) return { Messages: messages }
  await new Promise<void>((resolve) => {
    const end = () => {
      clearTimeout(timer)
      cancel()
      resolve()
    }
    const timer = setTimeout(end, Math.min(WaitTimeSeconds, 20) * 1_000)
    const cancel = queue.onVisible(end)
  })
  return { Messages: take() }
}

function attributesOf(queue: Queue): Readonly<Record<string, string>> {
  const { settings } = queue
  const { visible, inFlight, delayed } = queue.counts()
  return {
    QueueArn: settings.arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    VisibilityTimeout: String(settings.visibilityTimeoutSeconds ?? 30),
    MessageRetentionPeriod: String(settings.retentionSeconds ?? 345_600),
    DelaySeconds: String(settings.delaySeconds ?? 0),
    ...(settings.redrive && {
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: settings.redrive.queue.settings.arn,
        maxReceiveCount: settings.redrive.maxReceiveCount,
      }),
    }),
  }
}

function each<Entry extends { readonly Id: string }>(
  entries: readonly Entry[],
  apply: (entry: Entry) => object | void,
) {
  const Successful: object[] = []
  const Failed: object[] = []
  for (const entry of entries) {
    try {
      Successful.push({ Id: entry.Id, ...apply(entry) })
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      Failed.push({ Id: entry.Id, Code: error.code, Message: error.message, SenderFault: true })
    }
  }
  return { Successful, Failed }
}

function parse<Schema extends z.ZodType>(schema: Schema, { input }: Call): z.output<Schema> {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  throw new AwsError('InvalidParameterValue', z.prettifyError(result.error))
}

const missing = (): AwsError =>
  new AwsError('QueueDoesNotExist', 'The specified queue does not exist for this wsdl version.')
