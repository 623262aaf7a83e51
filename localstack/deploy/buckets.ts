import { Bucket, type Creation, type StoredObject, etagOf } from '../s3/bucket.ts'
import type { Assembly } from './assembly.ts'
import type { Deliveries } from './deliveries.ts'

/** The buckets of the templates, by name. */
export const deployBuckets = (assembly: Assembly, now: () => number): ReadonlyMap<string, Bucket> =>
  new Map(
    assembly.of('AWS::S3::Bucket').map(({ name, arn, properties }) => {
      const rules = properties.LifecycleConfiguration?.Rules ?? []
      const expirations = rules.map(({ Prefix, ExpirationInDays }) => ({ prefix: Prefix, days: ExpirationInDays }))
      return [name, new Bucket({ name, arn, expirations }, now)]
    }),
  )

/** Sends a message to a queue for each new object of a bucket, as its notifications ask. */
export function notifyOf(
  assembly: Assembly,
  buckets: ReadonlyMap<string, Bucket>,
  deliveries: Pick<Deliveries, 'byBucket'>,
): void {
  for (const { name, arn, properties } of assembly.of('AWS::S3::Bucket')) {
    const configurations = properties.NotificationConfiguration?.QueueConfigurations ?? []
    const bucket = buckets.get(name)
    if (bucket === undefined || configurations.length === 0) continue
    bucket.created = (object, how) => {
      for (const { Queue, Filter } of configurations)
        if ((Filter?.S3Key.Rules ?? []).every(({ Value }) => object.key.startsWith(Value)))
          deliveries.byBucket(arn, Queue, JSON.stringify(notification(bucket, object, how, assembly.place.region)))
    }
  }
}

/** As S3 writes it. */
const notification = ({ settings: { name, arn } }: Bucket, object: StoredObject, how: Creation, region: string) => ({
  Records: [
    {
      eventVersion: '2.1',
      eventSource: 'aws:s3',
      awsRegion: region,
      eventTime: new Date(object.at).toISOString(),
      eventName: how,
      s3: {
        s3SchemaVersion: '1.0',
        bucket: { name, arn },
        object: {
          key: encodeURIComponent(object.key).replaceAll('%2F', '/').replaceAll('%20', '+'),
          size: object.body.length,
          eTag: etagOf(object),
        },
      },
    },
  ],
})
