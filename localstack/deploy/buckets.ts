import { Bucket } from '../s3/bucket.ts'
import type { Assembly } from './assembly.ts'

/** The buckets of the templates, by name. */
export const deployBuckets = (assembly: Assembly, now: () => number): ReadonlyMap<string, Bucket> =>
  new Map(
    assembly.of('AWS::S3::Bucket').map(({ name, arn, properties }) => {
      const days = (properties.LifecycleConfiguration?.Rules ?? []).map(({ ExpirationInDays }) => ExpirationInDays)
      return [name, new Bucket({ name, arn, ...(days.length > 0 && { expirationDays: Math.min(...days) }) }, now)]
    }),
  )
