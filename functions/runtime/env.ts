import { wholeNumber } from './whole-number.ts'

/**
 * Names of the environment variables of functions: set by the constructs that grant what stands behind them, read here alone.
 */
export const env = {
  service: 'POWERTOOLS_SERVICE_NAME',
  stage: 'STAGE',
  table: 'TABLE_NAME',
  /** The names of the tables that are reconciled, by service: JSON. */
  tables: 'TABLE_NAMES',
  bus: 'EVENT_BUS_NAME',
  /** The dead-letter queue of an events function or a relay. */
  deadLetters: 'DEAD_LETTER_QUEUE_URL',
  /** The queue of records that wait outside of their stream. */
  spill: 'SPILL_QUEUE_URL',
  /** The queue of an events function. */
  queue: 'QUEUE_URL',
  scheduleGroup: 'SCHEDULE_GROUP',
  scheduleRole: 'SCHEDULE_ROLE_ARN',
  scheduleTarget: 'SCHEDULE_TARGET_ARN',
  scheduleDeadLetters: 'SCHEDULE_DEAD_LETTER_ARN',
  holdSeconds: 'HOLD_SECONDS',
  waitSeconds: 'WAIT_SECONDS',
  /** What a customer may hold without paying: a whole number, or `unlimited`. */
  openHolds: 'OPEN_HOLDS',
  unitsPerSku: 'UNITS_PER_SKU',
  /** Whether customers may place orders that an operator approves: `true` or `false`. */
  customersChooseManual: 'CUSTOMERS_CHOOSE_MANUAL',
  /** By what orders are listed beside customer and day: `off`, `status` or `all`. */
  orderLists: 'ORDER_LISTS',
  /** How often what may happen: the rates of a service (schemas/rates.ts), as JSON. */
  rates: 'RATES',
  userPool: 'USER_POOL_ID',
  userPoolClient: 'USER_POOL_CLIENT_ID',
  /** The client of the last release, whose tokens are good until they end. */
  formerUserPoolClient: 'FORMER_USER_POOL_CLIENT_ID',
  /** The table of what holds of users now. */
  principals: 'PRINCIPALS_TABLE_NAME',
  /** The table of payments, for who looks at wallets before an account is erased. */
  wallets: 'WALLETS_TABLE_NAME',
  /** The public API, for what a service asks another one. */
  apiUrl: 'API_URL',
  /** What readiness reads the ages of: JSON. */
  watched: 'WATCHED',
  /** Where functions send what goes to WebSocket connections. */
  connections: 'CONNECTIONS_URL',
  /** How long a function keeps the answers of open reads, in seconds; without it, not at all. */
  keptReads: 'KEPT_READ_SECONDS',
  /** The queue that wakes who sends for webhooks. */
  wakeUps: 'WAKE_UP_QUEUE_URL',
  /** What secrets of webhooks are sealed with. */
  webhookKey: 'WEBHOOK_KEY_ARN',
  /** Where webhooks may go: `public` or `public-and-loopback`. */
  webhookReach: 'WEBHOOK_REACH',
  /** How many attempts of one webhook are under way at a time, at most. */
  webhooksInFlight: 'WEBHOOKS_IN_FLIGHT',
  currency: 'CURRENCY',
  /** In which the days of reports begin and end: a name of the IANA database. */
  timeZone: 'TIME_ZONE',
  cardProvider: 'CARD_PROVIDER',
  /** How many days of events the feed shows; 0 where there is no feed. */
  feedDays: 'FEED_DAYS',
  /** The secret that card provider and webhooks are known by. */
  providerSecret: 'PROVIDER_SECRET_ARN',
  /** `off`, `sandbox` or `on`; with `off` the other two are not set. */
  mail: 'MAIL',
  /** Where orders ship from: the name of a rule (schemas/sourcing.ts). */
  sourcing: 'SOURCING',
  /** Whether an address must be proven first: `required` or `optional`. */
  verifyEmail: 'VERIFY_EMAIL',
  /** After how many days an account is erased. */
  eraseAfterDays: 'ERASE_AFTER_DAYS',
  /** For how many days orders keep addresses when their person is erased. */
  keepInvoiceDays: 'KEEP_INVOICE_DAYS',
  /** The sender of mails. */
  mailFrom: 'MAIL_FROM',
  mailConfigurationSet: 'MAIL_CONFIGURATION_SET',
  /** The bucket of what is imported. */
  importFiles: 'IMPORT_BUCKET_NAME',
  /** The bucket of photos, what their URLs begin with, and the queue of their checks. */
  photoFiles: 'PHOTO_BUCKET_NAME',
  photosUrl: 'PHOTOS_URL',
  photoChecks: 'PHOTO_CHECK_QUEUE_URL',
  /** The bucket of copies that nobody can change. */
  copies: 'COPIES_BUCKET_NAME',
  /** The users of the laptop, as JSON; an empty list on AWS. */
  logins: 'LOGINS',
  /** Whether the API reference is served: `true` or `false`. */
  reference: 'API_REFERENCE',
} as const

export type EnvName = (typeof env)[keyof typeof env]

/** The stage that a function runs in; `none` outside of any. */
export const stageName = (): string => process.env[env.stage] ?? 'none'

/** How long answers of open reads are kept, in seconds; 0 where they are not. */
export const keptReadSeconds = (): number => wholeNumber(process.env[env.keptReads] ?? '0') ?? 0

/** How many days of events the feed shows; 0 where there is no feed. */
export const feedDays = (): number => wholeNumber(required(env.feedDays)) ?? 0

/** A variable that is a whole number from 1; an error that names it where it is not. */
export function requiredCount(name: EnvName): number {
  const count = wholeNumber(required(name))
  if (count === undefined || count < 1)
    throw new Error(`The environment variable ${name} is not a whole number from 1.`)
  return count
}

/** A variable that is a whole number, of which 0 allows none, or `unlimited`; an error that names it where it is neither. */
export function requiredLimit(name: EnvName): number | 'unlimited' {
  const text = required(name)
  const limit = text === 'unlimited' ? text : wholeNumber(text)
  if (limit === undefined) throw new Error(`The environment variable ${name} is neither a whole number nor unlimited.`)
  return limit
}

/** The value of a variable; an error that names it where the template forgot it. */
export function required(name: EnvName): string {
  const value = process.env[name]
  if (value === undefined || value === '')
    throw new Error(`The environment variable ${name} is not set: check the grants in lib/services.ts.`)
  return value
}
