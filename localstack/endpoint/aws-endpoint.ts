import { randomUUID } from 'node:crypto'
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Call, Operations, RequestContext } from './call.ts'
import { AwsError } from './aws-error.ts'
import type { CallCounts } from './call-counts.ts'
import type { AccessKeys } from './access-keys.ts'
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
  /** The operation that a request of a REST protocol means, with the parameters of its path. */
  readonly route?: (method: string, path: string) => RestOperation | undefined
  /** How answers and refusals are written where they are not JSON, and requests are taken as they are, as `Body`: those of S3. */
  readonly text?: { readonly answer: (output: unknown) => string; readonly refusal: (error: AwsError) => string }
}

export interface RestOperation {
  readonly operation: string
  readonly parameters: Readonly<Record<string, string>>
}

export interface EndpointDeps {
  readonly keys: AccessKeys
  readonly iam: { check(role: string, action: string, resource: string, context?: RequestContext): void }
  readonly counts: CallCounts
  readonly faults: Faults
  readonly outages: Outages
  /** By the first part of `x-amz-target`, such as `AmazonSQS`; those of a REST protocol by the name that requests are signed for: `s3`. */
  readonly services: Readonly<Record<string, ServiceApi>>
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
    const page = request.method === 'GET' ? this.deps?.pages?.get(targetOf(request)?.pathname ?? '') : undefined
    if (page !== undefined) return send(response, 200, 'application/json', JSON.stringify(page))
    const body = await bodyOf(request)
    const target = this.deps && operationOf(request, body, this.deps.services)
    const service = target && this.deps && own(this.deps.services, target.service)
    if (!this.deps || !target || !service) {
      const message = `The local stack has no service behind ${request.method} ${request.url} ${String(request.headers['x-amz-target'] ?? '')}.`
      return send(response, 400, 'application/json', JSON.stringify({ __type: 'UnknownOperationException', message }))
    }
    try {
      const output = await perform(this.deps, service, target, accessKeyOf(request))
      return send(
        response,
        200,
        service.contentType,
        service.text ? service.text.answer(output) : JSON.stringify(output),
      )
    } catch (error) {
      return refuse(response, service, error)
    }
  }
}

interface Target {
  /** The key of {@link EndpointDeps.services}. */
  readonly service: string
  readonly operation: string
  readonly input: Call['input']
}

async function perform(deps: EndpointDeps, service: ServiceApi, { operation, input }: Target, accessKeyId: string) {
  const { keys, iam, counts, faults, outages } = deps
  const caller = keys.of(accessKeyId)
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
    authorize: (action, resource, context) => {
      if (caller.role !== undefined) iam.check(caller.role, action, resource, context)
    },
  }
  const fault = faults.take(caller.name, `${service.name}:${operation}`)
  if (fault === 'before') {
    faults.kill(caller.name, accessKeyId)
    throw new AwsError('InternalFailure', 'The caller was killed before its call was applied.', 500)
  }
  const output = await handle(call)
  if (fault === 'after') faults.kill(caller.name, accessKeyId)
  return output ?? {}
}

function operationOf(request: IncomingMessage, body: string, services: EndpointDeps['services']): Target | undefined {
  const target = request.headers['x-amz-target']
  if (typeof target === 'string') {
    const dot = target.lastIndexOf('.')
    return { service: target.slice(0, dot), operation: target.slice(dot + 1), input: inputOf(body) }
  }
  const url = targetOf(request)
  const service = signedFor(request)
  const api = own(services, service)
  const found = url && api?.route?.(request.method ?? '', url.pathname)
  if (!url || !api || !found) return undefined
  const input = { ...(api.text ? { Body: body } : inputOf(body)), ...Object.fromEntries(url.searchParams) }
  return { service, operation: found.operation, input: { ...input, ...found.parameters } }
}

const inputOf = (body: string): Call['input'] => (body === '' ? {} : JSON.parse(body)) as Call['input']

/** From `AWS4-HMAC-SHA256 Credential=<key>/<date>/<region>/<service>/...`; the signature is not checked. */
const accessKeyOf = (request: IncomingMessage): string =>
  /Credential=([^/]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? ''

const signedFor = (request: IncomingMessage): string =>
  /Credential=(?:[^/]+\/){3}([^/]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? ''

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

function refuse(response: ServerResponse, { contentType, text }: ServiceApi, error: unknown): void {
  const refused =
    error instanceof AwsError ? error : new AwsError('InternalFailure', `The local stack failed: ${String(error)}`, 500)
  const { code, message, status, body } = refused
  if (text) return send(response, status, contentType, text.refusal(refused))
  if (body) return send(response, status, contentType, JSON.stringify(body))
  response.setHeader('x-amzn-errortype', code)
  return send(response, status, contentType, JSON.stringify({ __type: code, message, Message: message }))
}

function send(response: ServerResponse, status: number, contentType: string, text: string): void {
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(text) })
  response.end(text)
}
