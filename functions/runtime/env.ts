import { wholeNumber } from './whole-number.ts'

/**
 * Names of the environment variables of functions: set by the constructs that grant what stands behind them, read here alone.
 */
export const env = {
  service: 'POWERTOOLS_SERVICE_NAME',
  stage: 'STAGE',
  table: 'TABLE_NAME',
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
  /** What a customer may hold without paying: a whole number, or `unlimited`. */
  openHolds: 'OPEN_HOLDS',
  unitsPerSku: 'UNITS_PER_SKU',
  /** Whether customers may place orders that an operator approves: `true` or `false`. */
  customersChooseManual: 'CUSTOMERS_CHOOSE_MANUAL',
  userPool: 'USER_POOL_ID',
  userPoolClient: 'USER_POOL_CLIENT_ID',
  /** The table of what holds of users now. */
  principals: 'PRINCIPALS_TABLE_NAME',
  /** The public API, for what a service asks another one. */
  apiUrl: 'API_URL',
  /** What readiness reads the ages of: JSON. */
  watched: 'WATCHED',
  currency: 'CURRENCY',
  cardProvider: 'CARD_PROVIDER',
  /** The secret that card provider and webhooks are known by. */
  providerSecret: 'PROVIDER_SECRET_ARN',
  /** `off`, `sandbox` or `on`; with `off` the other two are not set. */
  mail: 'MAIL',
  /** The sender of mails. */
  mailFrom: 'MAIL_FROM',
  mailConfigurationSet: 'MAIL_CONFIGURATION_SET',
  /** The users of the laptop, as JSON; an empty list on AWS. */
  logins: 'LOGINS',
  /** Whether the API reference is served: `true` or `false`. */
  reference: 'API_REFERENCE',
} as const

export type EnvName = (typeof env)[keyof typeof env]

/** The stage that a function runs in; `none` outside of any. */
export const stageName = (): string => process.env[env.stage] ?? 'none'

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
