import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { rootCredentials } from '../endpoint/access-keys.ts'
import { AwsError } from '../endpoint/aws-error.ts'
import type { SignedCall, UnsignedRequest } from '../endpoint/aws-endpoint.ts'
import { checkPolicy } from './post-policy.ts'

const algorithm = 'AWS4-HMAC-SHA256'

/** The operation of a request whose signature is in its query, or in the form that it posts; undefined for any other. Throws AwsError. */
export async function presigned(request: UnsignedRequest, now: number): Promise<SignedCall | undefined> {
  const { method, url, headers } = request
  if (url.searchParams.has('X-Amz-Signature')) return byQuery(request, now)
  const isForm = /^multipart\/form-data/i.test(headers['content-type'] ?? '')
  return method === 'POST' && isForm ? byForm(request, now) : undefined
}

const operations = new Map([
  ['GET', 'GetObject'],
  ['PUT', 'PutObject'],
  ['DELETE', 'DeleteObject'],
])

function byQuery({ method, url, headers, body }: UnsignedRequest, now: number): SignedCall {
  const query = url.searchParams
  const text = (name: string): string => query.get(`X-Amz-${name}`) ?? ''
  const date = text('Date')
  if (now > timeOf(date) + Number(text('Expires')) * 1_000) throw denied('Request has expired')
  const names = text('SignedHeaders').split(';')
  const parameters = [...query].filter(([name]) => name !== 'X-Amz-Signature').map(([name, value]) => [name, value])
  const canonical = [
    method,
    url.pathname,
    parameters
      .map(([name = '', value = '']) => `${encoded(name)}=${encoded(value)}`)
      .toSorted()
      .join('&'),
    ...names.map((name) => `${name}:${headers[name] ?? ''}`),
    '',
    names.join(';'),
    query.get('X-Amz-Content-Sha256') ?? 'UNSIGNED-PAYLOAD',
  ].join('\n')
  const scope = text('Credential').split('/').slice(1)
  const signed = [algorithm, date, scope.join('/'), createHash('sha256').update(canonical).digest('hex')].join('\n')
  checkSignature(signed, scope, text('Signature'))
  const { bucket, key } = placeOf(url)
  const operation = operations.get(method)
  if (operation === undefined) throw new AwsError('MethodNotAllowed', 'The method is not allowed.', 405)
  return {
    service: 's3',
    operation,
    accessKeyId: text('Credential').split('/')[0] ?? '',
    parameters: { Bucket: bucket, Key: key, Body: body, Headers: headers },
  }
}

async function byForm({ url, headers, body }: UnsignedRequest, now: number): Promise<SignedCall> {
  const { bucket } = placeOf(url)
  const form = await new Response(new Uint8Array(body), {
    headers: { 'content-type': headers['content-type'] ?? '' },
  }).formData()
  const file = form.get('file')
  const fields = new Map(
    [...form].flatMap(([name, value]) => (typeof value === 'string' ? [[name.toLowerCase(), value] as const] : [])),
  )
  const text = (name: string): string => fields.get(name) ?? ''
  if (!(file instanceof File))
    throw new AwsError('InvalidArgument', 'POST requires exactly one file upload per request.')
  const scope = text('x-amz-credential').split('/').slice(1)
  checkSignature(text('policy'), scope, text('x-amz-signature'))
  const content = Buffer.from(await file.arrayBuffer())
  checkPolicy(text('policy'), { fields, bucket, size: content.length, now })
  return {
    service: 's3',
    operation: 'PostObject',
    accessKeyId: text('x-amz-credential').split('/')[0] ?? '',
    parameters: { Bucket: bucket, Key: text('key'), Body: content, Headers: { 'content-type': text('content-type') } },
  }
}

function placeOf({ pathname }: URL): { readonly bucket: string; readonly key: string } {
  const [bucket = '', ...rest] = pathname.slice(1).split('/').map(decodeURIComponent)
  return { bucket, key: rest.join('/') }
}

const denied = (message: string): AwsError => new AwsError('AccessDenied', message, 403)

/** As in `20260101T000000Z`. */
const timeOf = (date: string): number =>
  Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))

const encoded = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`)

/** Throws AwsError `SignatureDoesNotMatch`. Every access key of the stack has one secret. */
function checkSignature(signed: string, scope: readonly string[], signature: string): void {
  const start: Buffer | string = `AWS4${rootCredentials.secretAccessKey}`
  const key = scope.reduce<Buffer | string>((secret, part) => createHmac('sha256', secret).update(part).digest(), start)
  const expected = createHmac('sha256', key).update(signed).digest()
  const given = Buffer.from(signature, 'hex')
  if (given.length === expected.length && timingSafeEqual(given, expected)) return
  throw new AwsError('SignatureDoesNotMatch', 'The request signature does not match the signature you provided.', 403)
}
