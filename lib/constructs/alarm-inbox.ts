import type { EventBus } from 'aws-cdk-lib/aws-events'
import type { Topic } from 'aws-cdk-lib/aws-sns'
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import { Construct } from 'constructs'
import { DeadLetterQueue } from './dead-letter-queue.ts'
import { EventSubscription } from './event-subscription.ts'
import type { ServiceTable } from './service-table.ts'
import type { Setting } from './setting.ts'

/** Brings the alarms of the stage into the inbox of those who see to them. */
export class AlarmInbox extends Construct {
  constructor(scope: Construct, id: string, setting: Setting, table: ServiceTable, topic: Topic, bus: EventBus) {
    super(scope, id)
    const { queue, function: fn } = new EventSubscription(this, 'Topic', {
      setting,
      bus,
      consumes: [],
      kind: 'alarms',
    })
    table.bindTo(fn)
    const deadLetterQueue = new DeadLetterQueue(this, 'Undelivered', setting, 'alarms that did not reach the queue')
    topic.addSubscription(new SqsSubscription(queue, { rawMessageDelivery: true, deadLetterQueue }))
  }
}
