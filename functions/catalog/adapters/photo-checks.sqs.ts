import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs'
import { type MessageDeps, keysIn, messageConsumer } from '../../runtime/message-consumer.ts'
import { logger } from '../../runtime/log.ts'
import type { Checked } from '../on/photo.ts'
import { photoOfFile } from './photo-bucket.s3.ts'
import type { PhotoPlace } from './photo-bucket.ts'
import type { PhotoChecks } from './photo-checks.ts'

export const sqsPhotoChecks = (client: SQSClient, url: string): PhotoChecks => ({
  ask: async (photo) => {
    await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: JSON.stringify({ photo }) }))
  },
})

interface CheckerDeps extends Omit<MessageDeps, 'take'> {
  readonly check: (place: PhotoPlace) => Promise<Checked>
}

/** The Lambda handler of the queue of checks. */
export const photoConsumer = (make: () => CheckerDeps) =>
  messageConsumer(() => {
    const { check, ...delivery } = make()
    return { ...delivery, take: takeWith(check) }
  })

/** Checks the photos of a message. */
export const takeWith =
  (check: CheckerDeps['check']): MessageDeps['take'] =>
  async (body) => {
    for (const place of photosIn(body)) logger.info('photo checked', { photoId: place.id, found: await check(place) })
  }

/** The photos in a message: one of the sweep, or of the bucket. */
function photosIn(body: string): PhotoPlace[] {
  const { photo } = JSON.parse(body) as { readonly photo?: PhotoPlace }
  return photo === undefined ? keysIn(body).flatMap((key) => photoOfFile(key) ?? []) : [photo]
}
