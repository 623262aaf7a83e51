import { FilterCriteria, FilterRule } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import type { Mail } from './mail.ts'
import { ServiceFunction } from './service-function.ts'
import type { ServiceTable } from './service-table.ts'
import type { Setting } from './setting.ts'
import { feedFromStream } from './stream-feed.ts'

/** Few at a time: each takes a call to SES, one after the other. */
const batchSize = 25

/** Mails the messages of users as they come into their inboxes, where the stage sends mails. */
export class InboxMails extends Construct {
  constructor(scope: Construct, id: string, setting: Setting, table: ServiceTable, mail: Mail) {
    super(scope, id)
    const fn = new ServiceFunction(this, 'Handler', { setting, kind: 'mails' })
    table.bindTo(fn)
    mail.bindTo(fn)
    feedFromStream(this, {
      setting,
      table,
      function: fn,
      enabled: setting.stage.mail.mode !== 'off',
      mapping: {
        batchSize,
        filters: [
          FilterCriteria.filter({
            eventName: FilterRule.isEqual('INSERT'),
            dynamodb: {
              Keys: { pk: { S: FilterRule.beginsWith('user_') } },
              NewImage: { kind: { S: FilterRule.exists() } },
            },
          }),
        ],
      },
      late: {
        threshold: 600_000,
        description: `${setting.service}: mails about orders are ten minutes late or more.`,
        runbook: 'mails-are-late',
      },
    })
  }
}
