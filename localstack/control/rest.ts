import type { Deployment } from '../deploy/deploy.ts'
import { type InFlight, type Waiting, sumInFlight } from '../clock/in-flight.ts'

/** Whether the stack is at rest, and what keeps it from that. */
export class Rest {
  private readonly deployment: Deployment
  private readonly models: readonly Model[]

  constructor(deployment: Deployment) {
    this.deployment = deployment
    this.models = modelsOf(deployment)
  }

  inFlight(): InFlight {
    return sumInFlight(this.models.map(([, model]) => model.inFlight()))
  }

  /** What is in flight, to be shown: models that work now, and pieces of work that wait for a later time. */
  list(): readonly { readonly what: string; readonly now?: number; readonly due?: string }[] {
    const working = this.models.flatMap(([what, model]) => {
      const { now } = model.inFlight()
      return now > 0 ? [{ what, now }] : []
    })
    const waiting = this.models.flatMap(([, model]) => model.waiting())
    return [...working, ...waiting.map(({ due, what }) => ({ what, due: new Date(due).toISOString() }))]
  }

  /** Waits until nothing goes on by itself any more; what waits for a later time may be left. */
  async quiet(): Promise<void> {
    await until(() => this.isQuiet(), Infinity)
  }

  /** Waits until nothing is left in flight, now or later. Ends at `deadline` (of `performance.now()`) at the latest. */
  async settled(deadline: number): Promise<boolean> {
    const done = () => this.isQuiet() && this.inFlight().later === 0
    for (;;) {
      if (!(await until(done, deadline))) return false
      // A write that did not pass the endpoint may still be in a stream.
      for (const reader of this.deployment.streamReaders.values()) reader.wake()
      await this.quiet()
      if (done()) return true
    }
  }

  private isQuiet(): boolean {
    const { clock } = this.deployment
    const next = clock.next()
    return this.inFlight().now === 0 && (next === undefined || next > clock.now())
  }
}

/** `false` if the deadline (of `performance.now()`) came first. */
async function until(done: () => boolean, deadline: number): Promise<boolean> {
  for (let turn = 0; !done(); turn += 1) {
    if (performance.now() >= deadline) return false
    await new Promise<void>((resolve) => {
      if (turn < 50) setImmediate(resolve)
      else setTimeout(resolve, 1)
    })
  }
  return true
}

type Model = readonly [what: string, model: { inFlight(): InFlight; waiting(): readonly Waiting[] }]

function modelsOf(deployment: Deployment): Model[] {
  const { queues, queueConsumers, buses, topics, scheduler, streamReaders, streamConsumers, asyncInvocations } =
    deployment
  return [
    ...Array.from(queues, ([name, queue]): Model => [`queue ${name}`, queue]),
    ...Array.from(queueConsumers, ([arn, consumer]): Model => [`consumer of ${arn}`, consumer]),
    ...Array.from(buses, ([name, bus]): Model => [`bus ${name}`, bus]),
    ...Array.from(topics.values(), (topic): Model => [`topic ${topic.settings.name}`, topic]),
    ['scheduler', scheduler],
    ...Array.from(streamReaders, ([name, reader]): Model => [`stream of ${name}`, reader]),
    ...streamConsumers.map((consumer): Model => [`consumer of ${consumer.settings.streamArn}`, consumer]),
    ...asyncInvocations.map((each): Model => [`invocations of ${each.settings.functionArn}`, each]),
  ]
}
