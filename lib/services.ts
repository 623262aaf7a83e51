import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch'
import { Duration } from 'aws-cdk-lib/core'
import { daysIn } from '../functions/analytics/adapters/days.ts'
import { walletPrefix } from '../functions/payments/store/wallet-item.ts'
import { env } from '../functions/runtime/env.ts'
import type { Service } from '../schemas/contract.ts'
import { events } from '../schemas/orders.ts'
import { publicEvents } from '../schemas/topology.ts'
import { CardProvider } from './constructs/card-provider.ts'
import { FileImports } from './constructs/file-imports.ts'
import { AlarmInbox } from './constructs/alarm-inbox.ts'
import { InboxMails } from './constructs/inbox-mails.ts'
import { EventSubscription } from './constructs/event-subscription.ts'
import { addLive } from './constructs/live.ts'
import { RollupFold } from './constructs/rollup-fold.ts'
import { Photos } from './constructs/photos.ts'
import { LockedCopy } from './constructs/locked-copy.ts'
import { published } from './constructs/own-metrics.ts'
import { Webhooks } from './constructs/webhooks.ts'
import type { ServiceSettings, ServiceStack } from './service-stack.ts'

/** The routes of a service may ask another service through the API, with the token of their caller: that needs no grant. */
const asksOthers = ({ http, platform }: ServiceStack): void => http?.bind({ [env.apiUrl]: platform.gateway.url })

/** Files come by forms that its routes make, and a function of its own reads them. */
function importsFiles(stack: ServiceStack): void {
  const imports = new FileImports(stack, 'Imports', stack.setting, stack.table)
  if (stack.http) imports.bindTo(stack.http)
}

/** Photos of products come by forms that its routes make, and a function of its own checks them. */
function takesPhotos(stack: ServiceStack): void {
  const { http, sweeper, setting, table, platform } = stack
  const photos = new Photos(stack, 'Photos', setting, table, platform.gateway.url)
  if (http) photos.showBy(http)
  if (sweeper) photos.sweepBy(sweeper.function)
}

/** Goes off when orders are placed for an hour, five in each quarter of it, and none is confirmed. */
function alarmOnNoneConfirmed(stack: ServiceStack): void {
  const { setting } = stack
  const period = Duration.minutes(15)
  setting.alarms.raise(stack, 'NoneConfirmed', {
    metric: new MathExpression({
      expression: 'IF(placed >= 5 AND FILL(confirmed, 0) < 1, 1, 0)',
      usingMetrics: {
        placed: published(setting, events.orderPlaced, { period }),
        confirmed: published(setting, events.orderConfirmed, { period }),
      },
      period,
    }),
    threshold: 1,
    periods: 4,
    description: 'Orders are placed, and none is confirmed.',
    runbook: 'no-order-is-confirmed',
  })
}

/** Every public event goes into the feed, by a queue and a function of its own. Where events are not gathered, a delivery has ten at most. */
function takesFeed(stack: ServiceStack): void {
  const { http, setting, platform, table } = stack
  const { feedDays, feedGather } = setting.stage
  const days = { [env.feedDays]: String(feedDays) }
  http?.bind(days)
  if (feedDays === 0) return
  const { function: taker } = new EventSubscription(stack, 'Feed', {
    setting,
    bus: platform.bus,
    consumes: publicEvents,
    kind: 'feed',
    // A whole CPU: a delivery is several hundred calls.
    memoryMb: 1_769,
    batch: { size: feedGather > 0 ? 1_000 : 10, seconds: feedGather },
  })
  taker.bind(days)
  table.bindTo(taker)
}

/** Events go to the endpoints that operators name. */
function sendsWebhooks(stack: ServiceStack): void {
  const { http, sweeper, setting, table, platform } = stack
  const webhooks = new Webhooks(stack, 'Webhooks', setting, table, platform.bus)
  for (const fn of [http, sweeper?.function]) if (fn) webhooks.wakeBy(fn)
  if (!http) return
  webhooks.sealBy(http)
  webhooks.reachBy(http)
}

/** Before the sweep of users erases an account, it looks into the wallet, which no token asks for: the one item of another service that a function reads. */
export function looksIntoWallets(stacks: readonly ServiceStack[]): void {
  const of = (service: Service) => stacks.find(({ setting }) => setting.service === service)
  const sweeper = of('users')?.sweeper
  if (sweeper) of('payments')?.table.letRead(sweeper.function, env.wallets, walletPrefix)
}

/** The settings of every service. */
export const settings: Readonly<Record<Service, ServiceSettings>> = {
  // A whole CPU: an import of 2,000 rows needs 1.2 s of one, and begins rows for 5 s.
  catalog: {
    indexes: { list: ['http'], category: ['http'], due: ['sweep'] },
    sweeps: true,
    memoryMb: { http: 1_769 },
    extend: (stack) => {
      asksOthers(stack)
      importsFiles(stack)
      takesPhotos(stack)
    },
  },
  inventory: {
    indexes: { due: ['sweep'], list: ['http'] },
    sweeps: true,
    extend: (stack) => {
      const { http, subscription, sweeper, setting } = stack
      asksOthers(stack)
      importsFiles(stack)
      for (const fn of [http, subscription?.function, sweeper?.function])
        fn?.bind({ [env.sourcing]: setting.stage.sourcing })
    },
  },
  orders: {
    indexes: ({ orderLists }) => ({
      customer: ['http', 'sweep'],
      day: ['http'],
      due: ['sweep', 'http'],
      ...(orderLists !== 'off' && { state: ['http'] }),
      ...(orderLists === 'all' && { changed: ['http'] }),
    }),
    sweeps: true,
    relayReads: true,
    extend: (stack) => {
      const { http, sweeper, setting, platform } = stack
      asksOthers(stack)
      for (const fn of [http, sweeper?.function])
        fn?.bind({ [env.keepInvoiceDays]: String(setting.stage.keepInvoiceData) })
      if (http) platform.mail.bindTo(http)
      const { holdSeconds, waitSeconds, customers, orderLists } = setting.stage
      http?.bind({
        [env.holdSeconds]: String(holdSeconds),
        [env.waitSeconds]: String(waitSeconds),
        [env.openHolds]: String(customers.openHolds),
        [env.unitsPerSku]: String(customers.unitsPerSku),
        [env.customersChooseManual]: String(customers.chooseManual),
        [env.orderLists]: orderLists,
      })
      alarmOnNoneConfirmed(stack)
    },
  },
  shipping: { indexes: { work: ['http'] }, extend: asksOthers },
  payments: {
    indexes: { due: ['sweep'], hold: ['http'] },
    sweeps: true,
    extend: (stack) => {
      const { http, subscription, sweeper, setting } = stack
      asksOthers(stack)
      http?.bind({ [env.currency]: setting.stage.currency })
      const provider = new CardProvider(stack, 'CardProvider', setting)
      for (const fn of [http, subscription?.function, sweeper?.function]) {
        if (!fn) continue
        provider.bindTo(fn)
        fn.bind({ [env.rates]: JSON.stringify(setting.stage.rates.payments) })
      }
    },
  },
  users: {
    indexes: { due: ['sweep'] },
    grants: {
      sweep: ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:DeleteItem'],
    },
    sweeps: true,
    extend: (stack) => {
      const { platform, http, sweeper, setting } = stack
      if (sweeper) platform.directory.letErase(sweeper.function)
      if (!http) return
      http.bind({ [env.eraseAfterDays]: String(setting.stage.eraseAfterDays) })
      asksOthers(stack)
      platform.directory.bindTo(http)
      platform.mail.bindTo(http)
      const { mail, verifyEmail } = setting.stage
      http.bind({ [env.verifyEmail]: mail.mode === 'off' ? 'optional' : verifyEmail })
      http.bind({ [env.rates]: JSON.stringify(setting.stage.rates.users) })
    },
  },
  // Nothing changes a record or takes it away: one function puts, another one reads.
  audit: {
    indexes: {},
    grants: { events: ['dynamodb:PutItem'], http: ['dynamodb:Query'] },
    extend: (stack) => {
      const { setting, table } = stack
      const { auditCopy } = setting.stage
      if (auditCopy !== 'off') new LockedCopy(stack, 'Copy', setting, table, auditCopy)
    },
  },
  notifications: {
    indexes: { due: ['sweep'], pending: ['deliver'] },
    grants: {
      feed: ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query', 'dynamodb:PutItem'],
      mails: ['dynamodb:GetItem'],
      alarms: ['dynamodb:PutItem'],
      webhooks: ['dynamodb:Query', 'dynamodb:PutItem'],
      deliver: ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:PutItem'],
    },
    sweeps: true,
    extend: (stack) => {
      const { setting, table, platform } = stack
      takesFeed(stack)
      sendsWebhooks(stack)
      addLive(stack)
      new InboxMails(stack, 'Mails', setting, table, platform.mail)
      new AlarmInbox(stack, 'Alarms', setting, table, platform.alarms.topic, platform.bus)
    },
  },
  analytics: {
    indexes: {},
    grants: {
      events: ['dynamodb:GetItem', 'dynamodb:PutItem'],
      http: ['dynamodb:Query', 'dynamodb:BatchGetItem'],
      fold: ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:PutItem'],
    },
    extend: (stack) => {
      const { http, subscription, setting, table } = stack
      // A zone that nobody knows ends the synthesis, and not the functions.
      const { timeZone } = daysIn(setting.stage.timeZone)
      for (const fn of [http, subscription?.function]) fn?.bind({ [env.timeZone]: timeZone })
      new RollupFold(stack, 'Fold', setting, table)
    },
  },
}
