import { RetentionDays } from 'aws-cdk-lib/aws-logs'
import type { Limits } from '../schemas/limits.ts'
import { type Login, localLogins } from './local-logins.ts'

/** What differs between the places that Holdfast runs in. */
export interface Stage {
  readonly name: StageName
  /** How long an order holds its stock by default, in seconds; customers may ask for less, operators for more. */
  readonly holdSeconds: number
  /**
   * What customers may hold without paying, where 0 allows none, unless `PUT /users/{id}/limits` has set something else for one of them; and
   * whether they may place orders that an operator approves (`manual`). What operators place for them is free of all of it.
   */
  readonly customers: Limits & { readonly chooseManual: boolean }
  /** The card provider; `sandbox` moves no money. */
  readonly cardProvider: 'sandbox' | 'stripe'
  /** What a wallet shows its balance in before its first deposit (ISO 4217). */
  readonly currency: string
  /**
   * Whether mails are sent, and from which address. In the sandbox of SES, where every account begins, they reach verified addresses alone,
   * and 200 a day. Without mails nobody can reset a password.
   */
  readonly mail: { readonly mode: 'off' } | { readonly mode: 'sandbox' | 'on'; readonly from: string }
  /** Whether tables, users and logs outlive their stack, and tables can be restored to any second of the last 35 days. */
  readonly keepsData: boolean
  readonly logRetention: RetentionDays
  /** What the API takes before it answers 429. */
  readonly throttle: { readonly requestsPerSecond: number; readonly burst: number }
  /** The web pages that may call the API from browsers, by their origins (`https://console.example.com`): console, storefront. */
  readonly origins: readonly string[]
  /** Whether the API has its reference, for browsers, under `/docs`. */
  readonly apiReference: boolean
  /** The users that the page under `/` shows: those of the laptop. */
  readonly logins: readonly Login[]
  readonly alarms: boolean
  readonly dashboard: boolean
  /** Whether the registry, which is always there, holds the schemas of the events. */
  readonly schemaRegistry: boolean
  /** How long every event of the bus can be replayed; 0 for no archive. */
  readonly archiveDays: number
  /** Whether it runs on a LocalStack-compatible emulator and not on AWS; a stage that is deployed never moves. */
  readonly emulated: boolean
}

/** `local` is for `npm start` alone, and cannot be deployed. */
export type StageName = 'local' | 'dev' | 'prod'

const dev: Stage = {
  name: 'dev',
  holdSeconds: 86_400,
  customers: { openHolds: 20, unitsPerSku: 1_000, chooseManual: true },
  cardProvider: 'sandbox',
  mail: { mode: 'off' },
  currency: 'GBP',
  keepsData: false,
  logRetention: RetentionDays.ONE_WEEK,
  throttle: { requestsPerSecond: 1_000, burst: 2_000 },
  origins: [],
  apiReference: true,
  logins: [],
  alarms: false,
  dashboard: false,
  schemaRegistry: true,
  archiveDays: 7,
  emulated: false,
}

/** Where the development servers of web pages listen by default. */
const localOrigins = ['http://localhost:3000', 'http://localhost:5173']

export const stages: Readonly<Record<StageName, Stage>> = {
  // The local stack evaluates alarms and shows which graphs have data, and nobody is called by either.
  local: {
    ...dev,
    name: 'local',
    mail: { mode: 'on', from: 'shop@holdfast.example' },
    // Tests and replays place thousands of orders as one customer, and each would be counted with the next.
    customers: { ...dev.customers, openHolds: 'unlimited', unitsPerSku: 'unlimited' },
    schemaRegistry: false,
    alarms: true,
    dashboard: true,
    logins: localLogins,
    origins: localOrigins,
  },
  dev,
  prod: {
    name: 'prod',
    holdSeconds: 86_400,
    customers: { openHolds: 20, unitsPerSku: 1_000, chooseManual: true },
    cardProvider: 'stripe',
    mail: { mode: 'off' },
    currency: 'GBP',
    keepsData: true,
    logRetention: RetentionDays.THREE_MONTHS,
    throttle: { requestsPerSecond: 5_000, burst: 5_000 },
    origins: [],
    apiReference: true,
    logins: [],
    alarms: true,
    dashboard: true,
    schemaRegistry: true,
    archiveDays: 90,
    emulated: false,
  },
}

/** The stage of that name. Throws for any other. */
export function stageOf(name: string): Stage {
  const stage = Object.values(stages).find((candidate) => candidate.name === name)
  if (stage === undefined) throw new Error(`There is no stage ${name}; there are ${Object.keys(stages).join(', ')}.`)
  return stage
}

/**
 * The same stage without what LocalStack-compatible emulators lack: mails, archive, alarms, dashboard, schema registry, the attribute
 * `ProviderURL`, and references to outputs of other stacks that are not exported.
 */
export function forEmulator(stage: Stage): Stage {
  return {
    ...stage,
    mail: { mode: 'off' },
    alarms: false,
    dashboard: false,
    schemaRegistry: false,
    archiveDays: 0,
    emulated: true,
  }
}
