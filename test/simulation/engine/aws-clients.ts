import type { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import {
  ConflictException,
  CreateScheduleCommand,
  ResourceNotFoundException,
  type SchedulerClient,
} from '@aws-sdk/client-scheduler'
import { ChangeMessageVisibilityBatchCommand, type SQSClient, type SendMessageCommand } from '@aws-sdk/client-sqs'
import { AwsError } from '../../../localstack/endpoint/aws-error.ts'
import type { Bus, PutEventsEntry } from '../../../localstack/eventbridge/bus.ts'
import type { OutgoingMessage } from '../../../localstack/sqs/message.ts'
import type { Queue } from '../../../localstack/sqs/queue.ts'
import type { ScheduleRequest, Scheduler } from '../../../localstack/scheduler/scheduler.ts'
import type { Faults } from '../faults/faults.ts'
import type { Process } from './processes.ts'

const unavailable = (): Error =>
  Object.assign(new Error('simulated'), { name: 'ServiceUnavailable', $fault: 'server' as const })

/** What the real adapter of the bus is made with; a call may be taken in part. */
export function eventBridgeOf(process: Process, bus: Bus, faults: Faults): EventBridgeClient {
  const send = async ({ input }: PutEventsCommand) => {
    const entries = (input.Entries ?? []) as unknown as PutEventsEntry[]
    const what = `PutEvents ${entries.map(({ DetailType }) => DetailType).join(' ')}`
    return process.call({ what, to: 'bus', kind: 'write', unavailable }, async () => {
      const refused = entries.map(() => faults.strikes('partial put'))
      const taken = entries.filter((_, index) => !refused[index])
      const answers = taken.length > 0 ? [...bus.putEvents(taken).Entries] : []
      const Entries = refused.map((isRefused) =>
        isRefused ? { ErrorCode: 'ThrottlingException', ErrorMessage: 'simulated' } : answers.shift(),
      )
      return { Entries, FailedEntryCount: refused.filter(Boolean).length }
    })
  }
  return { send } as unknown as EventBridgeClient
}

/** `sent` gets each message that arrives. */
export function sqsOf(process: Process, queue: Queue, sent: (message: OutgoingMessage) => void = () => {}): SQSClient {
  const send = async (command: SendMessageCommand | ChangeMessageVisibilityBatchCommand) => {
    const postpones = command instanceof ChangeMessageVisibilityBatchCommand
    const what = `${postpones ? 'ChangeMessageVisibility' : 'SendMessage'} ${queue.settings.name}`
    return process.call({ what, to: 'queue', kind: 'write', unavailable }, async () => {
      if (postpones) return postponed(queue, command)
      const message = command.input as unknown as OutgoingMessage
      sent(message)
      return queue.send(message)
    })
  }
  return { send } as unknown as SQSClient
}

/** A receipt handle that is no longer valid fails by itself. */
function postponed(queue: Queue, { input: { Entries = [] } }: ChangeMessageVisibilityBatchCommand) {
  const Failed = Entries.flatMap(({ Id, ReceiptHandle = '', VisibilityTimeout = 0 }) => {
    try {
      queue.changeVisibility(ReceiptHandle, VisibilityTimeout)
      return []
    } catch (error) {
      return [{ Id, Code: (error as AwsError).code, SenderFault: true }]
    }
  })
  return { Failed }
}

/** `created` gets the input of each new schedule. */
export function schedulerOf(process: Process, scheduler: Scheduler, created: (input: string) => void): SchedulerClient {
  const send = async ({ input, constructor }: CreateScheduleCommand) => {
    const creates = constructor === CreateScheduleCommand
    const request = input as unknown as ScheduleRequest
    const { Name, GroupName } = request
    const what = `${creates ? 'CreateSchedule' : 'DeleteSchedule'} ${Name.slice(0, 12)}`
    return process.call({ what, to: 'scheduler', kind: 'write', unavailable }, async () => {
      try {
        if (!creates) return scheduler.delete(Name, GroupName)
        scheduler.create(request)
        return created(request.Target.Input ?? '')
      } catch (error) {
        throw asSdk(error)
      }
    })
  }
  return { send } as unknown as SchedulerClient
}

function asSdk(error: unknown): unknown {
  if (!(error instanceof AwsError)) return error
  const { message } = error
  if (error.code === 'ConflictException') return new ConflictException({ message, Message: message, $metadata: {} })
  if (error.code === 'ResourceNotFoundException')
    return new ResourceNotFoundException({ message, Message: message, $metadata: {} })
  return error
}
