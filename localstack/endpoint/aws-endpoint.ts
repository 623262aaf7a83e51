import { randomUUID } from 'node:crypto'
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Call, Operations, RequestContext } from './call.ts'
import { AwsError } from './aws-error.ts'
import type { CallCounts } from './call-counts.ts'
import type { AccessKeys, Principal } from './access-keys.ts'
import type { Tracer } from '../xray/tracer.ts'
import type { Faults } from './faults.ts'
import type { Outages } from './outages.ts'
import { targetOf } from './request-target.ts'
import { own } from '../../schemas/own.ts'

/** One service of the endpoint. */
export interface ServiceApi {
  /** As in a client's package: `dynamodb`, `sqs`. */
  readonly name: string
  readonly contentType: string
  readonly operations: Operations
  /** Operations that anybody may call, without a signature. */
  readonly open?: ReadonlySet<string>
  /** The operation that a request of a REST protocol means, with the parameters of its path. */
  readonly route?: (method: string, path: string) => RestOperation | undefined
  /** How answers and refusals are written where they are not JSON, and requests are taken as they are, as `Body`: those of S3. */
  readonly text?: { readonly answer: (output: unknown) => TextAnswer; readonly refusal: (error: AwsError) => string }
  /** The call that a request without an `Authorization` means, where the signature is elsewhere in it. Throws AwsError. */
  readonly unsigned?: (request: UnsignedRequest) => Promise<SignedCall | undefined>
}

/** An answer that is not JSON. */
export interface TextAnswer {
  readonly body: string | Buffer
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
}

export interface UnsignedRequest {
  readonly method: string
  readonly url: URL
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Buffer
}

export interface SignedCall {
  readonly service: string
  readonly operation: string
  readonly accessKeyId: string
  readonly parameters: Call['input']
}

export interface RestOperation {
  readonly operation: string
  readonly parameters: Readonly<Record<string, string>>
}

export interface EndpointDeps {
  readonly keys: AccessKeys
  readonly iam: { check(role: string, action: string, resource: string, context?: RequestContext): void }
  readonly counts: CallCounts
  readonly tracer: Tracer
  readonly faults: Faults
  readonly outages: Outages
  /** By the first part of `x-amz-target`, such as `AmazonSQS`; those of a REST protocol by the name that requests are signed for: `s3`. */
  readonly services: Readonly<Record<string, ServiceApi>>
  /** The time of the stack: clients that sign by it and find another one in an answer would correct theirs. */
  readonly now?: () => number
  /** What anybody may read, by its path. */
  readonly pages?: ReadonlyMap<string, unknown>
}

/** What AWS is to the functions: one HTTP server on the loopback that speaks the SDK's JSON protocols. */
export class AwsEndpoint {
  private readonly server: Server
  private deps: EndpointDeps | undefined

  constructor() {
    this.server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
      this.answer(request, response).catch((error: unknown) => response.destroy(error as Error))
    })
  }

  /** Starts on a free port and answers its URL. Answers no call before `serve`. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject)
      this.server.listen(0, '127.0.0.1', resolve)
    })
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  serve(deps: EndpointDeps): void {
    this.deps = deps
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomUUID()
    response.setHeader('x-amzn-requestid', requestId)
    const now = this.deps?.now
    if (now) response.setHeader('date', new Date(now()).toUTCString())
    const page = request.method === 'GET' ? this.deps?.pages?.get(targetOf(request)?.pathname ?? '') : undefined
    if (page !== undefined) return send(response, 200, 'application/json', JSON.stringify(page))
    const body = await bodyOf(request)
    let answering = Object.values(this.deps?.services ?? {}).find(({ unsigned }) => unsigned !== undefined)
    try {
      const target =
        this.deps && ((await unsignedCall(request, body, this.deps)) ?? operationOf(request, body, this.deps.services))
      const service = target && this.deps && own(this.deps.services, target.service)
      if (!this.deps || !target || !service) {
        const message = `The local stack has no service behind ${request.method} ${request.url} ${String(request.headers['x-amz-target'] ?? '')}.`
        return send(response, 400, 'application/json', JSON.stringify({ __type: 'UnknownOperationException', message }))
      }
      answering = service
      const output = await perform(this.deps, service, target, request.headers['x-amzn-trace-id']?.toString())
      if (service.text) return sendText(response, service, service.text.answer(output))
      return send(response, 200, service.contentType, JSON.stringify(output))
    } catch (error) {
      return refuse(response, answering, error)
    }
  }
}

/** Where a call has no signature. Only operations that ask for no right of it take it. */
const anybody: Principal = { role: undefined, name: 'anybody' }

interface Target {
  /** The key of {@link EndpointDeps.services}. */
  readonly service: string
  readonly operation: string
  readonly input: Call['input']
  readonly accessKeyId: string
  /** Whether it was signed earlier: the one who signed may be gone. */
  readonly isPresigned?: true
}

async function perform(deps: EndpointDeps, service: ServiceApi, target: Target, traceHeader: string | undefined) {
  const { operation, input, accessKeyId, isPresigned } = target
  const { keys, iam, counts, tracer, faults, outages } = deps
  const caller =
    (isPresigned ? keys.everOf(accessKeyId) : keys.of(accessKeyId)) ??
    (accessKeyId === '' && service.open?.has(operation) ? anybody : undefined)
  if (caller === undefined)
    throw new AwsError('UnrecognizedClientException', 'The security token included in the request is invalid.', 403)
  outages.check(service.name)
  counts.add(service.name, operation, caller.name)
  const handle = own(service.operations, operation)
  if (handle === undefined)
    throw new AwsError('UnknownOperationException', `The local stack does not know ${service.name}:${operation}.`)
  const call: Call = {
    operation,
    input,
    caller,
    traceHeader,
    authorize: (action, resource, context) => {
      if (caller.role !== undefined) iam.check(caller.role, action, resource, context)
    },
  }
  const fault = faults.take(caller.name, `${service.name}:${operation}`)
  if (fault === 'before') {
    faults.kill(caller.name, accessKeyId)
    throw new AwsError('InternalFailure', 'The caller was killed before its call was applied.', 500)
  }
  const name = { 'rpc.method': `${service.name}.${operation}` }
  const output = await tracer.call(traceHeader, name, async () => handle(call))
  if (fault === 'after') faults.kill(caller.name, accessKeyId)
  return output ?? {}
}

async function unsignedCall(
  request: IncomingMessage,
  body: Buffer,
  { services }: EndpointDeps,
): Promise<Target | undefined> {
  const url = targetOf(request)
  if (!url || request.headers.authorization !== undefined) return undefined
  const headers = headersOf(request)
  for (const { unsigned } of Object.values(services)) {
    const found = await unsigned?.({ method: request.method ?? '', url, headers, body })
    if (found) {
      const { service, operation, accessKeyId, parameters } = found
      return { service, operation, accessKeyId, input: parameters, isPresigned: true }
    }
  }
  return undefined
}

const headersOf = ({ headers }: IncomingMessage): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value?.toString()]))

function operationOf(request: IncomingMessage, body: Buffer, services: EndpointDeps['services']): Target | undefined {
  const target = request.headers['x-amz-target']
  if (typeof target === 'string') {
    const dot = target.lastIndexOf('.')
    const [service, operation] = [target.slice(0, dot), target.slice(dot + 1)]
    return { service, operation, input: inputOf(body.toString()), accessKeyId: accessKeyOf(request) }
  }
  const url = targetOf(request)
  const service = signedFor(request)
  const api = own(services, service)
  const found = url && api?.route?.(request.method ?? '', url.pathname)
  if (!url || !api || !found) return undefined
  const sent = api.text ? { Body: body, Headers: headersOf(request) } : inputOf(body.toString())
  const input = { ...sent, ...Object.fromEntries(url.searchParams), ...found.parameters }
  return { service, operation: found.operation, input, accessKeyId: accessKeyOf(request) }
}

const inputOf = (body: string): Call['input'] => (body === '' ? {} : JSON.parse(body)) as Call['input']

/** From `AWS4-HMAC-SHA256 Credential=<key>/<date>/<region>/<service>/...`; the signature is not checked. */
const accessKeyOf = (request: IncomingMessage): string =>
  /Credential=([^/]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? ''

const signedFor = (request: IncomingMessage): string =>
  /Credential=(?:[^/]+\/){3}([^/]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? ''

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function refuse(response: ServerResponse, service: ServiceApi | undefined, error: unknown): void {
  // What is refused before its service is known is a presigned request.
  const { contentType, text } = service ?? { contentType: 'application/xml', text: undefined }
  const refused =
    error instanceof AwsError ? error : new AwsError('InternalFailure', `The local stack failed: ${String(error)}`, 500)
  const { code, message, status, body } = refused
  if (text) return send(response, code === 'AccessDeniedException' ? 403 : status, contentType, text.refusal(refused))
  if (body) return send(response, status, contentType, JSON.stringify(body))
  response.setHeader('x-amzn-errortype', code)
  return send(response, status, contentType, JSON.stringify({ __type: code, message, Message: message }))
}

function sendText(response: ServerResponse, { contentType }: ServiceApi, answer: TextAnswer): void {
  const { body, status = 200, headers } = answer
  const length = status === 204 ? {} : { 'content-length': Buffer.byteLength(body) }
  response.writeHead(status, { 'content-type': contentType, ...length, ...headers })
  response.end(body)
}

function send(response: ServerResponse, status: number, contentType: string, text: string): void {
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(text) })
  response.end(text)
}
