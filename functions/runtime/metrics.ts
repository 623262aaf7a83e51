/** The namespace of our own metrics in CloudWatch. */
export const namespace = 'Holdfast'

/** Names of our own metrics: counted by functions, alarmed on by constructs. The relay also counts each event under its detail type. */
export const metric = {
  eventsTaken: 'EventsTaken',
  eventsFailed: 'EventsFailed',
  /** Messages that went to the dead-letter queue. */
  eventsParked: 'EventsParked',
  /** Records that left their stream for the spill queue. */
  recordsSpilled: 'RecordsSpilled',
  /** Timers of holds that could not be set or cleared: the sweeper ends those holds. */
  timersMissed: 'TimersMissed',
  paymentsOnHold: 'PaymentsOnHold',
  providerUnanswered: 'ProviderUnanswered',
  /** Webhooks about payments that no order here has. */
  unknownPayments: 'UnknownPayments',
} as const

export type MetricName = (typeof metric)[keyof typeof metric]
