import { tooLateSeconds } from '../../../schemas/operations.ts'

/** What is known of queues and sweeps. A sweep that none of the last quarter of an hour knows has no age. */
export interface Ages {
  readonly queues: readonly { readonly service: string; readonly oldestMessageSeconds: number }[]
  /** Of messages that a service received and did not finish, by service: SQS leaves them out of the ages of queues. */
  readonly unfinished: readonly { readonly service: string; readonly oldestMessageSeconds: number }[]
  readonly sweeps: readonly { readonly service: string; readonly lastSweepSeconds: number | undefined }[]
}

/** What is too late, in words; nothing where the services keep up. */
export const lateOf = ({ queues, unfinished, sweeps }: Ages): readonly string[] => [
  ...queues.flatMap(({ service, oldestMessageSeconds: age }) =>
    age >= tooLateSeconds ? `a message of ${service} has waited for ${age} s` : [],
  ),
  ...unfinished.flatMap(({ service, oldestMessageSeconds: age }) =>
    age >= tooLateSeconds ? `a message of ${service} is not finished after ${age} s` : [],
  ),
  ...sweeps.flatMap(({ service, lastSweepSeconds: age }) =>
    age === undefined || age >= tooLateSeconds
      ? `the last sweep of ${service} is ${age === undefined ? 'not known' : `${age} s ago`}`
      : [],
  ),
]
