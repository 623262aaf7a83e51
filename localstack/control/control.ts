import type { IncomingMessage, ServerResponse } from 'node:http'
import * as z from 'zod'
import { AwsError } from '../endpoint/aws-error.ts'
import type { Deployment } from '../deploy/deploy.ts'
import { isIn } from '../endpoint/faults.ts'
import { targetOf } from '../endpoint/request-target.ts'
import type { Beside } from '../apigateway/http-api.ts'
import type { LogLine } from '../lambda/local-function.ts'
import type { Queue } from '../sqs/queue.ts'
import { refusedBy } from './admission.ts'
import type { MoveProgress } from '../terminal/move-progress.ts'
import type { Rest } from './rest.ts'
import { stateOf } from './state.ts'
import { own } from '../../schemas/own.ts'

export interface ControlDeps {
  readonly deployment: Deployment
  readonly rest: Rest
  /** The last log lines, oldest first. */
  readonly logs: () => readonly LogLine[]
  readonly progress: MoveProgress
}

/** How long `settle` waits by default, in milliseconds. */
const defaultTimeoutMs = 30_000
const prefix = '/_local'

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `24h`, `90m`, `1h30m`, `500ms`, or a number of milliseconds. */
const Duration = z.union(
  [
    z.int().min(0),
    z
      .string()
      .regex(/^(\d+(ms|s|m|h|d))+$/)
      .transform((text) =>
        [...text.matchAll(/(\d+)(ms|s|m|h|d)/g)].reduce(
          (sum, [, count, unit]) => sum + Number(count) * (own(unitMs, unit ?? '') ?? 0),
          0,
        ),
      )
      .pipe(z.int()),
  ],
  'a duration is written as 24h, 90m, 30s, 1h30m or as a number of milliseconds',
)

const Advance = z.strictObject({ advance: Duration })
const Settle = z.strictObject({ timeoutMs: z.int().min(0).max(600_000).default(defaultTimeoutMs) })
const FaultBody = z.strictObject({
  function: z.string().min(1),
  operation: z.string().optional(),
  nth: z.int().min(1).default(1),
  when: z.enum(['before', 'after']),
})
const OutageBody = z.strictObject({ service: z.string() })
const EventBody = z.strictObject({
  source: z.string(),
  detailType: z.string(),
  detail: z.unknown(),
  bus: z.string().optional(),
})
const ComeBackBody = z.strictObject({ address: z.email(), as: z.enum(['bounce', 'complaint']).default('bounce') })
const Share = z.strictObject({ share: z.number().min(0).max(1) })
const Nothing = z.strictObject({})

interface ControlRoute<Body extends z.ZodType = z.ZodType> {
  readonly method: string
  readonly path: RegExp
  readonly body: Body
  readonly handle: (body: z.output<Body>, name: string) => unknown
}

const route = <Body extends z.ZodType>(
  method: string,
  path: RegExp,
  body: Body,
  handle: (body: z.output<Body>, name: string) => unknown,
): ControlRoute => ({ method, path, body, handle: handle as ControlRoute['handle'] })

class NotThere extends Error {}

/** The control API of the local stack, below `/_local`; it exists nowhere else. */
export function control(deps: ControlDeps): Beside {
  const routes = routesOf(deps)
  return async (request, response) => {
    const pathname = targetOf(request)?.pathname
    if (!pathname?.startsWith(`${prefix}/`)) return false
    const refused = refusedBy(request)
    if (refused) {
      send(response, refused.status, { message: refused.message })
      return true
    }
    const path = pathname.slice(prefix.length)
    for (const { method, path: pattern, body, handle } of routes) {
      const match = request.method === method ? pattern.exec(path) : null
      if (match === null) continue
      await answer(request, response, body, (given) => handle(given, decodeURIComponent(match[1] ?? '')))
      return true
    }
    send(response, 404, { message: `The control API has no ${request.method} ${pathname}; see docs/local-stack.md.` })
    return true
  }
}

function routesOf({ deployment, rest, logs, progress }: ControlDeps): readonly ControlRoute[] {
  const { clock, queues, queueConsumers, streamReaders, scheduler, buses, mails, faults, outages, counts } = deployment

  function queueNamed(name: string): Queue {
    const queue = queues.get(name)
    if (queue === undefined)
      throw new NotThere(`There is no queue ${name}; there are ${[...queues.keys()].join(', ')}.`)
    return queue
  }
  function source(name: string): { hold(): void; release(): void } {
    const reader = streamReaders.get(name)
    if (reader) return { hold: () => reader.hold(), release: () => reader.release() }
    const consumer = queueConsumers.get(queueNamed(name).settings.arn)
    if (consumer === undefined) throw new NotThere(`Nothing is fed from the queue ${name}.`)
    return { hold: () => consumer.stop(), release: () => consumer.start() }
  }

  /** What AWS itself takes out of that service, to feed functions. */
  function fedBy(service: string): readonly { stop(): void; start(): void }[] {
    if (service === 'sqs') return [...queueConsumers.values()]
    if (service !== 'dynamodb') return []
    return Array.from(streamReaders.values(), (reader) => ({
      stop: () => reader.hold(),
      start: () => reader.release(),
    }))
  }

  return [
    route('GET', /^\/clock$/, Nothing, () => ({ now: new Date(clock.now()).toISOString(), aheadMs: clock.offset() })),
    route('POST', /^\/clock$/, Advance, async ({ advance }) => {
      // To a whole second, because that is when schedules fire: a hold of 24 h has ended when the clock was moved by 24 h.
      const end = Math.ceil((clock.now() + advance) / 1_000) * 1_000
      progress.begin(clock.now(), end)
      const between = async (): Promise<void> => {
        await rest.quiet()
        progress.reached(clock.now(), scheduler.size)
      }
      await deployment.timeLapse.move(clock, end, between).finally(() => progress.end())
      for (const fn of deployment.functions.values()) fn.tick()
      return { now: new Date(clock.now()).toISOString(), aheadMs: clock.offset() }
    }),
    route('POST', /^\/settle$/, Settle, async ({ timeoutMs }) => {
      const settled = await rest.settled(performance.now() + timeoutMs)
      return { settled, inFlight: settled ? [] : rest.list() }
    }),
    route('GET', /^\/state$/, Nothing, () => stateOf(deployment, rest)),
    route('POST', /^\/traces$/, Share, ({ share }) => {
      deployment.tracer.sample(share)
      return { share }
    }),
    route('GET', /^\/traces\/([^/]+)$/, Nothing, (_, id) => ({ spans: deployment.tracer.about(id) })),
    route('GET', /^\/metrics$/, Nothing, () => ({
      alarms: deployment.metrics.alarms(clock.now()),
      graphs: deployment.metrics.graphs(),
      metrics: deployment.metrics.store.ids(),
    })),
    route('GET', /^\/logs$/, Nothing, () => ({ lines: logs() })),
    route('POST', /^\/(?:queues|streams)\/([^/]+)\/hold$/, Nothing, (_, name) => {
      source(name).hold()
      return { held: name }
    }),
    route('POST', /^\/(?:queues|streams)\/([^/]+)\/release$/, Nothing, (_, name) => {
      source(name).release()
      return { released: name }
    }),
    route('POST', /^\/queues\/([^/]+)\/redrive$/, Nothing, (_, name) => ({ moved: redrive(queueNamed(name), queues) })),
    route('POST', /^\/queues\/([^/]+)\/purge$/, Nothing, (_, name) => {
      queueNamed(name).purge()
      return { purged: name }
    }),
    route('DELETE', /^\/schedules$/, Nothing, () => {
      const schedules = scheduler.list()
      for (const { Name, GroupName } of schedules) scheduler.delete(Name, GroupName)
      return { deleted: schedules.length }
    }),
    route('POST', /^\/faults$/, FaultBody, (fault) => {
      if (![...deployment.functions.keys()].some((name) => isIn(fault, name)))
        throw new NotThere(
          `There is no function ${fault.function}; there are ${[...deployment.functions.keys()].join(', ')}.`,
        )
      faults.add(fault)
      return faults.counts()
    }),
    route('GET', /^\/faults$/, Nothing, () => faults.counts()),
    route('DELETE', /^\/faults$/, Nothing, () => {
      faults.clear()
      return faults.counts()
    }),
    route('POST', /^\/outages$/, OutageBody, ({ service }) => {
      const names = Object.values(deployment.endpoint.services).map(({ name }) => name)
      if (!names.includes(service)) throw new NotThere(`There is no service ${service}; there are ${names.join(', ')}.`)
      outages.begin(service)
      for (const fed of fedBy(service)) fed.stop()
      return { away: outages.list() }
    }),
    route('GET', /^\/outages$/, Nothing, () => ({ away: outages.list() })),
    route('DELETE', /^\/outages$/, Nothing, () => {
      const over = outages.list()
      outages.end()
      for (const fed of over.flatMap(fedBy)) fed.start()
      return { away: outages.list() }
    }),
    route('GET', /^\/mail$/, Nothing, () => ({
      items: mails.arrived().map(({ at, ...mail }) => ({ at: new Date(at).toISOString(), ...mail })),
    })),
    route('DELETE', /^\/mail$/, Nothing, () => {
      mails.clear()
      return { items: [] }
    }),
    route('POST', /^\/mail\/returns$/, ComeBackBody, ({ address, as }) => {
      mails.comesBack(address, as === 'bounce' ? 'BOUNCE' : 'COMPLAINT')
      return { address, as }
    }),
    route('DELETE', /^\/mail\/returns$/, Nothing, () => {
      mails.allArrive()
      return {}
    }),
    route('POST', /^\/events$/, EventBody, ({ source, detailType, detail, bus: name }) => {
      const bus = buses.get(name ?? [...buses.keys()].find((each) => each !== 'default') ?? 'default')
      if (bus === undefined) throw new NotThere(`There is no bus ${name}.`)
      return bus.putEvents([{ Source: source, DetailType: detailType, Detail: JSON.stringify(detail) }])
    }),
    route('DELETE', /^\/calls$/, Nothing, () => {
      counts.reset()
      return {}
    }),
  ]
}

/** Sends the messages of a dead-letter queue to the queue that they came from. */
function redrive(deadLetters: Queue, queues: ReadonlyMap<string, Queue>): number {
  const source = [...queues.values()].find(({ settings }) => settings.redrive?.queue === deadLetters)
  if (source === undefined) throw new NotThere(`No queue redrives to ${deadLetters.settings.name}.`)
  let moved = 0
  for (;;) {
    const messages = deadLetters.receive({ max: 10 })
    if (messages.length === 0) return moved
    for (const { Body, MessageAttributes, ReceiptHandle } of messages) {
      source.send({ MessageBody: Body, ...(MessageAttributes && { MessageAttributes }) })
      deadLetters.delete(ReceiptHandle)
      moved += 1
    }
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  schema: z.ZodType,
  handle: (body: unknown) => unknown,
): Promise<void> {
  try {
    const body = schema.safeParse(await jsonOf(request))
    if (!body.success) return send(response, 400, { message: z.prettifyError(body.error) })
    return send(response, 200, await handle(body.data))
  } catch (error) {
    if (error instanceof NotThere) return send(response, 404, { message: error.message })
    if (error instanceof SyntaxError || error instanceof AwsError)
      return send(response, 400, { message: error.message })
    throw error
  }
}

async function jsonOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString('utf8')
  return text === '' ? {} : (JSON.parse(text) as unknown)
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body)
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
  response.end(text)
}
