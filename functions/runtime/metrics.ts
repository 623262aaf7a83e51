/** The namespace of our own metrics in CloudWatch. */
export const namespace = 'Holdfast'

/**
 * Names of our own metrics: counted by functions, alarmed on by constructs. Each has the dimensions `service` and `stage`. The relay also
 * counts each event under its detail type.
 */
export const metric = {
  /** Answers 5xx that nobody designed. */
  faults: 'Faults',
  /** Answers 503 because many change the same item at once. */
  contended: 'Contended',
  /** Runs of a sweep that came to their end. */
  sweeps: 'Sweeps',
  /** Items that a sweep failed at; they stay due. */
  notSwept: 'NotSwept',
  /** Reconciliations of the tables that came to their end, and what they have read. */
  reconciliations: 'Reconciliations',
  reconciliationSkus: 'ReconciliationSkus',
  reconciliationOrders: 'ReconciliationOrders',
  /** What did not fit together, in all and by kind. */
  differences: 'ReconciliationDifferences',
  differencesOfLevel: 'ReconciliationDifferencesOfLevel',
  differencesOfLedger: 'ReconciliationDifferencesOfLedger',
  differencesOfHeld: 'ReconciliationDifferencesOfHeld',
  differencesOfComing: 'ReconciliationDifferencesOfComing',
  differencesOfOrder: 'ReconciliationDifferencesOfOrder',
  differencesOfMoney: 'ReconciliationDifferencesOfMoney',
  differencesOfCard: 'ReconciliationDifferencesOfCard',
  /** Open reads that were answered without the table, and those that were not, where a stage keeps answers. */
  readsKept: 'ReadsKept',
  readsFresh: 'ReadsFresh',
  eventsTaken: 'EventsTaken',
  eventsFailed: 'EventsFailed',
  /** Messages that went to the dead-letter queue. */
  eventsParked: 'EventsParked',
  /** The age in seconds of the oldest message of a delivery that was received before and not finished; its log line names queue and message. */
  oldestUnfinished: 'OldestUnfinished',
  /** Records that left their stream for the spill queue. */
  recordsSpilled: 'RecordsSpilled',
  /** Timers of holds that could not be set or cleared: the sweeper ends those holds. */
  timersMissed: 'TimersMissed',
  paymentsOnHold: 'PaymentsOnHold',
  providerAsked: 'ProviderAsked',
  providerUnanswered: 'ProviderUnanswered',
  /** Webhooks about payments that no order here has. */
  unknownPayments: 'UnknownPayments',
  /** Mails about orders, and those that were refused for good. */
  mailsSent: 'MailsSent',
  mailsRefused: 'MailsRefused',
} as const

export type MetricName = (typeof metric)[keyof typeof metric]
