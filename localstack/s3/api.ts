import * as z from 'zod'
import type { RestOperation, ServiceApi } from '../endpoint/aws-endpoint.ts'
import { AwsError } from '../endpoint/aws-error.ts'
import type { Call, Operations } from '../endpoint/call.ts'
import type { Bucket } from './bucket.ts'
import { type Xml, xmlOf } from './xml.ts'

const Place = z.object({ Bucket: z.string(), Key: z.string().default(''), Body: z.string().default('') })
const Listed = z.object({
  prefix: z.string().default(''),
  'max-keys': z.coerce.number().int().min(1).max(1_000).default(1_000),
  'start-after': z.string().default(''),
  'continuation-token': z.string().default(''),
})

const byMethod = new Map([
  ['GET', 'GetObject'],
  ['PUT', 'PutObject'],
  ['DELETE', 'DeleteObject'],
])

/** The operation that a request with the bucket in its path means. */
function route(method: string, path: string): RestOperation | undefined {
  const [Bucket = '', ...rest] = path.slice(1).split('/').map(decodeURIComponent)
  const Key = rest.join('/')
  if (Bucket === '') return method === 'GET' ? { operation: 'ListBuckets', parameters: {} } : undefined
  if (Key === '') return method === 'GET' ? { operation: 'ListObjectsV2', parameters: { Bucket } } : undefined
  const operation = byMethod.get(method)
  return operation === undefined ? undefined : { operation, parameters: { Bucket, Key } }
}

/** S3, for the buckets of the templates. */
export const s3Api = (buckets: ReadonlyMap<string, Bucket>): ServiceApi => ({
  name: 's3',
  contentType: 'application/xml',
  route,
  text: {
    answer: String,
    refusal: ({ code, message }) =>
      xmlOf(['Error', ['Code', code === 'AccessDeniedException' ? 'AccessDenied' : code], ['Message', message]]),
  },
  operations: s3Operations(buckets),
})

function s3Operations(buckets: ReadonlyMap<string, Bucket>): Operations {
  function at(call: Call, action: string) {
    const { Bucket: name, Key, Body } = parse(Place, call)
    const bucket = buckets.get(name)
    if (bucket === undefined) throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404)
    call.authorize(`s3:${action}`, Key === '' ? bucket.settings.arn : `${bucket.settings.arn}/${Key}`)
    return { bucket, Key, Body }
  }
  return {
    ListBuckets: (call) => {
      call.authorize('s3:ListAllMyBuckets', '*')
      const { prefix } = parse(Listed, call)
      const names = [...buckets.keys()].filter((name) => name.startsWith(prefix))
      return xmlOf(['ListAllMyBucketsResult', ['Buckets', ...names.map((name): Xml => ['Bucket', ['Name', name]])]])
    },
    ListObjectsV2: (call) => {
      const { bucket } = at(call, 'ListBucket')
      const { prefix, 'max-keys': most, 'start-after': after, 'continuation-token': token } = parse(Listed, call)
      const from = token || after
      const rest = bucket.list(prefix).filter(({ key }) => key > from)
      const page = rest.slice(0, most)
      const isTruncated = rest.length > page.length
      return xmlOf([
        'ListBucketResult',
        ['Name', bucket.settings.name],
        ['KeyCount', String(page.length)],
        ['IsTruncated', String(isTruncated)],
        ...(isTruncated ? [['NextContinuationToken', page.at(-1)?.key ?? ''] as const] : []),
        ...page.map(({ key, body, at }): Xml => [
          'Contents',
          ['Key', key],
          ['LastModified', new Date(at).toISOString()],
          ['Size', String(Buffer.byteLength(body))],
        ]),
      ])
    },
    GetObject: (call) => {
      const { bucket, Key } = at(call, 'GetObject')
      return bucket.get(Key).body
    },
    PutObject: (call) => {
      const { bucket, Key, Body } = at(call, 'PutObject')
      bucket.put(Key, Body)
      return ''
    },
    DeleteObject: (call) => {
      const { bucket, Key } = at(call, 'DeleteObject')
      bucket.delete(Key)
      return ''
    },
  }
}

function parse<Input extends z.ZodType>(schema: Input, { input }: Call): z.output<Input> {
  const parsed = schema.safeParse(input)
  if (!parsed.success) throw new AwsError('InvalidArgument', z.prettifyError(parsed.error))
  return parsed.data
}
