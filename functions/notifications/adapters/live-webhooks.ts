import { SQSClient } from '@aws-sdk/client-sqs'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { clientSettings } from '../../runtime/aws.ts'
import { env, required } from '../../runtime/env.ts'
import type { Reach } from './addresses.ts'
import { type Seals, secretSeals } from './seals.ts'
import { type WakeUps, sqsWakeUps } from './wake-ups.ts'

/** The queue that wakes who sends for webhooks. */
export const liveWakeUps = (): WakeUps => sqsWakeUps(new SQSClient(clientSettings), required(env.wakeUps))

/** What secrets of webhooks are sealed with. */
export const liveSeals = (): Seals => secretSeals(new SecretsManagerClient(clientSettings), required(env.webhookKey))

/** Where the stage lets webhooks go. */
export const liveReach = (): Reach =>
  required(env.webhookReach) === 'public-and-loopback' ? 'public-and-loopback' : 'public'
