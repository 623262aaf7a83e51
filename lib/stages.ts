import { RetentionDays } from 'aws-cdk-lib/aws-logs'
import { type Service, services } from '../schemas/contract.ts'
import type { OrderLists } from '../functions/orders/store/order-lists.ts'
import type { Limits } from '../schemas/limits.ts'
import type { SourcingRule } from '../schemas/sourcing.ts'
import { type Login, localLogins } from './local-logins.ts'
import { type Rates, localRates, rates } from './rates.ts'

/** How long S3 keeps an object from everybody who would change or delete it. */
export interface Lock {
  readonly mode: 'governance' | 'compliance'
  readonly days: number
}

/** What differs between the places that Holdfast runs in. */
export interface Stage {
  readonly name: StageName
  /** How long an order holds its stock by default, in seconds; customers may ask for less, operators for more. */
  readonly holdSeconds: number
  /** How long an order waits by default for stock that is short, where it asks for that, in seconds; the longest for customers. */
  readonly waitSeconds: number
  /**
   * What customers may hold without paying, where 0 allows none, unless `PUT /users/{id}/limits` has set something else for one of them; and
   * whether they may place orders that an operator approves (`manual`). What operators place for them is free of all of it.
   */
  readonly customers: Limits & { readonly chooseManual: boolean }
  /**
   * By what orders are listed beside customer and day: by status too, so that a status with few orders is listed as fast as any, or also by their
   * changes (`updatedSince`). Each is an index, which an order pays for with each status or change. A table that is deployed takes one
   * index at a time: go from `off` to `status`, deploy, then to `all`.
   */
  readonly orderLists: OrderLists
  /** Where the units of an order come from. */
  readonly sourcing: SourcingRule
  /** How often what may happen that costs, or that attackers try: sign-ins, registrations, declined cards. */
  readonly rates: Rates
  /** The card provider; `sandbox` moves no money. */
  readonly cardProvider: 'sandbox' | 'stripe'
  /** How long an account that is to be erased can still be kept, in days. */
  readonly eraseAfterDays: number
  /** How long the law asks for invoices, in days from the placing of an order: so long it keeps its addresses when its person is erased. */
  readonly keepInvoiceData: number
  /** What a wallet shows its balance in before its first deposit (ISO 4217). */
  readonly currency: string
  /** Whether there are reports; without them a stage has nothing of the service, and a stack that was deployed before is deleted by hand. */
  readonly analytics: boolean
  /** Whether users have an inbox, likewise. */
  readonly notifications: boolean
  /** How many deliveries of one webhook are under way at a time, at most. */
  readonly webhooksInFlight: number
  /**
   * In which the days of reports begin and end: a name of the IANA database. Set it before the first order: what a day has counted stays where
   * it is.
   */
  readonly timeZone: string
  /** How long what happened to orders is gathered before it is added to the reports, in seconds: a busy day costs less, and shows later. */
  readonly reportsGather: number
  /** How many days of public events the feed shows (`GET /events`); 0 for no feed. More days show from then on. */
  readonly feedDays: number
  /** How long events are gathered before the feed takes them, in seconds: events of one order that meet cost less, and show later. */
  readonly feedGather: number
  /**
   * Whether mails are sent, and from which address. In the sandbox of SES, where every account begins, they reach verified addresses alone,
   * and 200 a day. Without mails nobody can reset a password.
   */
  readonly mail: { readonly mode: 'off' } | { readonly mode: 'sandbox' | 'on'; readonly from: string }
  /**
   * Whether customers prove that they read the mails of their address before they order. They sign in without it. `required` asks nobody
   * while no mails are sent.
   */
  readonly verifyEmail: 'required' | 'optional'
  /**
   * Whether a copy of each audit record goes to a bucket where nobody can change or delete it for so many days: with `governance` nobody but
   * who may bypass it, with `compliance` nobody at all, not even the account itself.
   */
  readonly auditCopy: 'off' | Lock
  /** Whether tables, users and logs outlive their stack, and tables can be restored to any second of the last 35 days. */
  readonly keepsData: boolean
  readonly logRetention: RetentionDays
  /**
   * How long functions keep the answers of open reads (products, categories, stock), in seconds, where their contract lets caches keep them as long; 0:
   * not at all.
   */
  readonly readsKeptSeconds: number
  /** Whether a distribution of CloudFront stands before the API, which keeps the answers of open reads by their `Cache-Control`. */
  readonly cdn: boolean
  /** Whether a distribution of CloudFront serves the photos of products, and not the API. */
  readonly photoCdn: boolean
  /** What the API takes before it answers 429. */
  readonly throttle: { readonly requestsPerSecond: number; readonly burst: number }
  /** The share of orders that X-Ray traces, with all that comes of them: 0 to 1. */
  readonly traces: number
  /** The web pages that may call the API from browsers, by their origins (`https://console.example.com`): console, storefront. */
  readonly origins: readonly string[]
  /** Whether the API has its reference, for browsers, under `/docs`. */
  readonly apiReference: boolean
  /** The users that the page under `/` shows: those of the laptop. */
  readonly logins: readonly Login[]
  readonly alarms: boolean
  /** Whether the tables of all services are held against each other every night: each run reads them whole. */
  readonly reconciles: boolean
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
  waitSeconds: 7_776_000,
  customers: { openHolds: 20, unitsPerSku: 1_000, chooseManual: true },
  orderLists: 'off',
  sourcing: 'fewest-parcels',
  rates,
  cardProvider: 'sandbox',
  mail: { mode: 'off' },
  verifyEmail: 'optional',
  eraseAfterDays: 30,
  keepInvoiceData: 90,
  currency: 'GBP',
  analytics: true,
  notifications: true,
  webhooksInFlight: 5,
  timeZone: 'Europe/London',
  reportsGather: 5,
  feedDays: 30,
  feedGather: 2,
  auditCopy: 'off',
  readsKeptSeconds: 2,
  cdn: false,
  photoCdn: false,
  keepsData: false,
  logRetention: RetentionDays.ONE_WEEK,
  throttle: { requestsPerSecond: 1_000, burst: 2_000 },
  traces: 0.05,
  origins: [],
  apiReference: true,
  logins: [],
  alarms: false,
  reconciles: false,
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
    orderLists: 'all',
    rates: localRates,
    // Who tries the system out sees at once what an order has made of the stock.
    readsKeptSeconds: 0,
    // Beside the API, not before it: who asks it sees what is kept.
    cdn: true,
    // Short enough to be watched.
    eraseAfterDays: 1,
    keepInvoiceData: 2,
    reportsGather: 0,
    feedGather: 0,
    schemaRegistry: false,
    alarms: true,
    reconciles: true,
    dashboard: true,
    logins: localLogins,
    origins: localOrigins,
    // What `npm run trace` shows.
    traces: 1,
  },
  dev,
  prod: {
    name: 'prod',
    holdSeconds: 86_400,
    waitSeconds: 7_776_000,
    customers: { openHolds: 20, unitsPerSku: 1_000, chooseManual: true },
    orderLists: 'off',
    sourcing: 'fewest-parcels',
    rates,
    cardProvider: 'stripe',
    mail: { mode: 'off' },
    verifyEmail: 'optional',
    eraseAfterDays: 30,
    // Ten years, and the rest of the year in which they end.
    keepInvoiceData: 4_018,
    currency: 'GBP',
    analytics: true,
    notifications: true,
    webhooksInFlight: 5,
    timeZone: 'Europe/London',
    reportsGather: 5,
    feedDays: 30,
    feedGather: 2,
    auditCopy: 'off',
    readsKeptSeconds: 2,
    cdn: false,
    photoCdn: true,
    keepsData: true,
    logRetention: RetentionDays.THREE_MONTHS,
    throttle: { requestsPerSecond: 5_000, burst: 5_000 },
    traces: 0.01,
    origins: [],
    apiReference: true,
    logins: [],
    alarms: true,
    reconciles: true,
    dashboard: true,
    schemaRegistry: true,
    archiveDays: 90,
    emulated: false,
  },
}

/** The services of a stage. */
export const servicesOf = ({ analytics, notifications }: Stage): readonly Service[] =>
  services.filter((service) => {
    if (service === 'analytics') return analytics
    return service === 'notifications' ? notifications : true
  })

/** The stage of that name. Throws for any other. */
export function stageOf(name: string): Stage {
  const stage = Object.values(stages).find((candidate) => candidate.name === name)
  if (stage === undefined) throw new Error(`There is no stage ${name}; there are ${Object.keys(stages).join(', ')}.`)
  return stage
}

/**
 * The same stage without what LocalStack-compatible emulators lack: mails, archive, tumbling windows (and so the reports), alarms, dashboard, schema registry, CloudFront, X-Ray, the
 * attribute `ProviderURL`, and references to outputs of other stacks that are not exported.
 */
export function forEmulator(stage: Stage): Stage {
  return {
    ...stage,
    mail: { mode: 'off' },
    alarms: false,
    dashboard: false,
    schemaRegistry: false,
    cdn: false,
    traces: 0,
    photoCdn: false,
    analytics: false,
    archiveDays: 0,
    emulated: true,
  }
}
