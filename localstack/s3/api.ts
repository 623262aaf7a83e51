import * as z from 'zod'
import type { RestOperation, ServiceApi, TextAnswer } from '../endpoint/aws-endpoint.ts'
import { AwsError } from '../endpoint/aws-error.ts'
import type { Call, Operations } from '../endpoint/call.ts'
import { type Bucket, type StoredObject, etagOf } from './bucket.ts'
import { presigned } from './presigned.ts'
import { type Xml, xmlOf } from './xml.ts'

const Place = z.object({
  Bucket: z.string(),
  Key: z.string().default(''),
  Body: z.instanceof(Buffer).default(Buffer.alloc(0)),
  Headers: z.record(z.string(), z.string().optional()).default({}),
})
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
export const s3Api = (buckets: ReadonlyMap<string, Bucket>, now: () => number): ServiceApi => ({
  name: 's3',
  contentType: 'application/xml',
  route,
  unsigned: (request) => presigned(request, now()),
  text: {
    answer: (output) => (typeof output === 'string' ? { body: output } : (output as TextAnswer)),
    refusal: ({ code, message }) =>
      xmlOf(['Error', ['Code', code === 'AccessDeniedException' ? 'AccessDenied' : code], ['Message', message]]),
  },
  operations: s3Operations(buckets),
})

function s3Operations(buckets: ReadonlyMap<string, Bucket>): Operations {
  function at(call: Call, action: string) {
    const { Bucket: name, Key, Body, Headers } = parse(Place, call)
    const bucket = buckets.get(name)
    if (bucket === undefined) throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404)
    call.authorize(`s3:${action}`, Key === '' ? bucket.settings.arn : `${bucket.settings.arn}/${Key}`)
    return { bucket, Key, Body, Headers }
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
          ['Size', String(body.length)],
        ]),
      ])
    },
    GetObject: (call) => {
      const { bucket, Key, Headers } = at(call, 'GetObject')
      return partOf(bucket.get(Key), Headers['range'])
    },
    PutObject: (call) => {
      const { bucket, Key, Body, Headers } = at(call, 'PutObject')
      bucket.put(Key, Body, Headers['content-type'])
      return { body: '', headers: { etag: `"${etagOf(bucket.get(Key))}"` } }
    },
    PostObject: (call) => {
      const { bucket, Key, Body, Headers } = at(call, 'PutObject')
      bucket.put(Key, Body, Headers['content-type'], 'ObjectCreated:Post')
      return { body: '', status: 204, headers: { etag: `"${etagOf(bucket.get(Key))}"` } }
    },
    DeleteObject: (call) => {
      const { bucket, Key } = at(call, 'DeleteObject')
      bucket.delete(Key)
      return ''
    },
  }
}

/** The object, or the part of it that a range such as `bytes=10-` names. */
function partOf(object: StoredObject, range: string | undefined): TextAnswer {
  const { body, contentType } = object
  const headers = {
    etag: `"${etagOf(object)}"`,
    'accept-ranges': 'bytes',
    ...(contentType !== undefined && { 'content-type': contentType }),
  }
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? []
  if (from === undefined) return { body, headers }
  const [first, last] = [Number(from), Math.min(to ? Number(to) : Infinity, body.length - 1)]
  if (first > last) throw new AwsError('InvalidRange', 'The requested range is not satisfiable', 416)
  const part = { 'content-range': `bytes ${first}-${last}/${body.length}` }
  return { body: body.subarray(first, last + 1), status: 206, headers: { ...headers, ...part } }
}

function parse<Input extends z.ZodType>(schema: Input, { input }: Call): z.output<Input> {
  const parsed = schema.safeParse(input)
  if (!parsed.success) throw new AwsError('InvalidArgument', z.prettifyError(parsed.error))
  return parsed.data
}
