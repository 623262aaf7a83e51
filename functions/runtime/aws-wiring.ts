import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { SchedulerClient } from '@aws-sdk/client-scheduler'
import { SESv2Client } from '@aws-sdk/client-sesv2'
import { SQSClient } from '@aws-sdk/client-sqs'
import type * as z from 'zod'
import { actionName } from '../../schemas/action.ts'
import { recordedAhead, recording } from './actions.ts'
import { type Attributes, itemOf } from './item-codec.ts'
import { clientSettings, storeClientSettings } from './aws.ts'
import { eventBridgeBus } from './bus.eventbridge.ts'
import { systemClock } from './clock.ts'
import { sqsDeadLetters } from './dead-letters.sqs.ts'
import { type EnvName, env, required } from './env.ts'
import type { ConsumerDeps } from './events.ts'
import {
  orderPartsBehind,
  orderStatesBehind,
  ordersBehind,
  pathsBehind,
  pricesBehind,
  productsBehind,
  reservationsBehind,
  shipmentsBehind,
  stockBehind,
} from './api.http.ts'
import { keyIdentity } from './identity.api-keys.ts'
import { cognitoIdentity } from './identity.cognito.ts'
import { Principals } from './principals.ts'
import { rightsNow } from './standing.ts'
import { type Mailer, silentMailer } from './mail.ts'
import { sesMailer } from './mail.ses.ts'
import { sqsQueue, sqsSpill } from './queue.sqs.ts'
import type { RelayDeps } from './relay.ts'
import { dynamoStore } from './store.dynamodb.ts'
import { traced } from './store.traced.ts'
import { currentTrace, sampledHeader } from './trace-header.ts'
import { schedulerTimers } from './timers.scheduler.ts'
import type { UpdateDeps } from './update.ts'

/** The table of the service. */
export const liveStore = /* @__PURE__ */ once(() =>
  recording(storeOf(env.table), { name: actionName(required(env.service)) }, systemClock),
)

const dynamo = /* @__PURE__ */ once(() => new DynamoDBClient(storeClientSettings))

const storeOf = (table: EnvName) =>
  traced(dynamoStore(dynamo(), required(table), { random: Math.random, clock: systemClock }), () =>
    sampledHeader(currentTrace()),
  )

/** What every service needs to read and change its items. */
export const liveItems = (): UpdateDeps => ({ store: liveStore(), clock: systemClock, random: Math.random })

/** The bus of the system. */
const liveBus = /* @__PURE__ */ once(() => eventBridgeBus(new EventBridgeClient(clientSettings), required(env.bus)))

/** Schedules that send to the queue of the service. */
export const liveTimers = /* @__PURE__ */ once(() =>
  schedulerTimers(
    new SchedulerClient(clientSettings),
    {
      group: required(env.scheduleGroup),
      roleArn: required(env.scheduleRole),
      targetArn: required(env.scheduleTarget),
      deadLetterArn: required(env.scheduleDeadLetters),
    },
    systemClock,
  ),
)

/** The table of what holds of users now: the users service writes it, others read single items. */
export const livePrincipals = /* @__PURE__ */ once(() => storeOf(env.principals))

/** The table of payments, for what else may read wallets in it. */
export const liveWallets = /* @__PURE__ */ once(() => storeOf(env.wallets))

/** The same as `livePrincipals` for the users service: what an action changes in it is recorded in its own table first. */
export const recordedPrincipals = () => recordedAhead(livePrincipals(), liveStore(), systemClock)

const knownPrincipals = /* @__PURE__ */ once(() => new Principals(livePrincipals(), systemClock))

/** What tokens that were found good earlier open now. */
export const liveRights = /* @__PURE__ */ once(() => rightsNow({ clock: systemClock, principals: knownPrincipals() }))

/** Who has the tokens of the stage's user pool, and its API keys. */
export const liveIdentity = /* @__PURE__ */ once(() => {
  const store = livePrincipals()
  const principals = knownPrincipals()
  const pool = {
    userPoolId: required(env.userPool),
    clientIds: [required(env.userPoolClient), required(env.formerUserPoolClient)],
    endpoint: process.env['AWS_ENDPOINT_URL'],
  } as const
  return keyIdentity({ store, clock: systemClock, principals }, cognitoIdentity(pool, principals))
})

/** The orders service, reached through the API with the token of a request. */
export const liveOrders = /* @__PURE__ */ once(() => ordersBehind(required(env.apiUrl)))

/** What orders are now, likewise. */
export const liveOrderStates = /* @__PURE__ */ once(() => orderStatesBehind(required(env.apiUrl)))

/** Whatever other services let the caller read, likewise. */
export const livePaths = /* @__PURE__ */ once(() => pathsBehind(required(env.apiUrl)))

/** Shipments, likewise. */
export const liveShipments = /* @__PURE__ */ once(() => shipmentsBehind(required(env.apiUrl)))

/** What payments and shipping have of orders, likewise. */
export const liveOrderParts = /* @__PURE__ */ once(() => orderPartsBehind(required(env.apiUrl)))

/** Reservations in inventory, likewise. */
export const liveReservations = /* @__PURE__ */ once(() => reservationsBehind(required(env.apiUrl)))

/** Stock in inventory, likewise. */
export const liveStock = /* @__PURE__ */ once(() => stockBehind(required(env.apiUrl)))

/** Prices of orders, likewise. */
export const livePrices = /* @__PURE__ */ once(() => pricesBehind(required(env.apiUrl)))

/** Products in the catalogue, likewise. */
export const liveProducts = /* @__PURE__ */ once(() => productsBehind(required(env.apiUrl)))

/** Mails, where the stage sends any. */
export const liveMailer = /* @__PURE__ */ once((): Mailer =>
  required(env.mail) === 'off'
    ? silentMailer
    : sesMailer(new SESv2Client(clientSettings), {
        from: required(env.mailFrom),
        configurationSet: required(env.mailConfigurationSet),
      }),
)

/** The rates of a service, as its stage sets them. Throws where they are not. */
export const liveRates = <Rates>(schema: z.ZodType<Rates>): Rates => schema.parse(JSON.parse(required(env.rates)))

const sqs = /* @__PURE__ */ once(() => new SQSClient(clientSettings))

/** The dead-letter queue of an events function or a relay. */
const liveDeadLetters = /* @__PURE__ */ once(() => sqsDeadLetters(sqs(), required(env.deadLetters)))

/** How an events function brings back what failed, and where it parks what it gives up. */
export const liveDelivery = (): Omit<ConsumerDeps, 'consumer'> => ({
  deadLetters: liveDeadLetters(),
  queue: sqsQueue(sqs(), required(env.queue)),
  clock: systemClock,
  random: Math.random,
})

/** What a relay publishes with. */
export const liveRelay = (): Omit<RelayDeps, 'toEvent'> => ({
  bus: liveBus(),
  unmarshall: unmarshallImage,
  spill: sqsSpill(sqs(), required(env.spill)),
  deadLetters: liveDeadLetters(),
  clock: systemClock,
  random: Math.random,
})

/** The item of a stream image. */
export const unmarshallImage: RelayDeps['unmarshall'] = (image) => itemOf(image as Attributes)

function once<Part>(make: () => Part): () => Part {
  let made: { readonly part: Part } | undefined
  return () => (made ??= { part: make() }).part
}
