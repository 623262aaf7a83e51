import { AwsError } from '../endpoint/aws-error.ts'
import type { Cancel, StackClock } from '../clock/clock.ts'
import type { InFlight, Waiting } from '../clock/in-flight.ts'
import { type Entry, shape } from './entry.ts'
import { invalid, requireHandle, requireMessage, requireSeconds } from './limits.ts'
import type { HeldMessage, OutgoingMessage, ReceivedMessage, SentMessage } from './message.ts'
import { attributesDigest, bodyDigest } from './message-digest.ts'
import { uuid } from '../clock/uuid.ts'
import { Waits } from '../clock/waits.ts'

export interface QueueSettings {
  readonly name: string
  readonly arn: string
  /** Default 30. */
  readonly visibilityTimeoutSeconds?: number
  /** Default 0. */
  readonly delaySeconds?: number
  /** Default 4 days. */
  readonly retentionSeconds?: number
  /** Default 1 MiB, body and attributes together. */
  readonly maximumMessageBytes?: number
  readonly redrive?: { readonly queue: Queue; readonly maxReceiveCount: number }
}

/** How far the queue uses the freedom of a standard queue. Without it: in order, once. */
export interface Disorder {
  /** Chance (0-1) that a receive takes another message than the oldest. */
  readonly reorder: number
  /** Chance (0-1) that a message received is delivered once more, whatever becomes of this delivery. */
  readonly duplicate: number
  /** Called each time that it happens. */
  readonly onDisorder?: (what: 'reorder' | 'duplicate') => void
}

export interface QueueDeps {
  readonly clock: StackClock
  /** 0 <= random() < 1. */
  readonly random: () => number
  readonly disorder?: Disorder
}

export interface QueueCounts {
  /** `ApproximateNumberOfMessages` */
  readonly visible: number
  /** `ApproximateNumberOfMessagesNotVisible` */
  readonly inFlight: number
  /** `ApproximateNumberOfMessagesDelayed` */
  readonly delayed: number
}

/** Among how many of the oldest messages a disordered receive picks. */
const reorderWindow = 10
const secondsPerDay = 86_400

/** An SQS standard queue. Every method is synchronous; errors are AwsError with the codes of SQS. */
export class Queue {
  readonly settings: QueueSettings
  readonly #clock: StackClock
  readonly #random: () => number
  readonly #disorder: Disorder | undefined
  readonly #entries = new Set<Entry>()
  readonly #visible = new Set<Entry>()
  readonly #byHandle = new Map<string, Entry>()
  readonly #listeners = new Set<() => void>()
  readonly #waits: Waits
  #nextExpiry = Infinity

  constructor(settings: QueueSettings, deps: QueueDeps) {
    this.settings = settings
    this.#clock = deps.clock
    this.#random = deps.random
    this.#disorder = deps.disorder
    this.#waits = new Waits(deps.clock)
  }

  send(message: OutgoingMessage): SentMessage {
    requireMessage(message, this.settings.maximumMessageBytes ?? 1_048_576)
    const delay = message.DelaySeconds ?? this.settings.delaySeconds ?? 0
    requireSeconds('DelaySeconds', delay, 900)
    const entry: Entry = {
      id: uuid(this.#random),
      body: message.MessageBody,
      bodyDigest: bodyDigest(message.MessageBody),
      attributes: message.MessageAttributes,
      attributesDigest: attributesDigest(message.MessageAttributes),
      sentAt: this.#clock.now(),
      traceHeader: message.traceHeader,
      isDoubled: false,
      state: 'delayed',
      receives: 0,
    }
    this.#keep(entry, delay)
    return {
      MessageId: entry.id,
      MD5OfMessageBody: entry.bodyDigest,
      ...(entry.attributesDigest && { MD5OfMessageAttributes: entry.attributesDigest }),
    }
  }

  /** At most `max` (1-10, default 1) visible messages; those received too often move to the dead-letter queue instead. */
  receive(options: { readonly max?: number; readonly visibilityTimeoutSeconds?: number } = {}): ReceivedMessage[] {
    const max = options.max ?? 1
    if (!Number.isInteger(max) || max < 1 || max > 10) {
      throw invalid(
        `Value ${max} for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.`,
      )
    }
    const timeout = options.visibilityTimeoutSeconds ?? this.settings.visibilityTimeoutSeconds ?? 30
    requireSeconds('VisibilityTimeout', timeout, 43_200)
    this.#expire()
    const received: ReceivedMessage[] = []
    const visibleAgain: Entry[] = []
    while (received.length < max) {
      const entry = this.#pick()
      if (!entry) break
      if (this.#redrive(entry)) continue
      const copy = this.#double(entry)
      if (copy) visibleAgain.push(copy)
      received.push(this.#take(entry))
      if (timeout > 0) this.#hide(entry, 'in flight', timeout)
      else visibleAgain.push(entry)
    }
    for (const entry of visibleAgain) this.#keep(entry, 0)
    return received
  }

  /**
   * Deletes by the handle of the latest receive, even when its visibility timeout is over; an older handle succeeds and deletes
   * nothing. What was never a handle is `ReceiptHandleIsInvalid`.
   */
  delete(receiptHandle: string): void {
    const entry = this.#byHandle.get(receiptHandle)
    if (entry) this.#drop(entry)
    else requireHandle(receiptHandle)
  }

  /** Seconds from now, 0-43200. Throws AwsError `MessageNotInflight` when the message is visible again. */
  changeVisibility(receiptHandle: string, seconds: number): void {
    requireHandle(receiptHandle)
    requireSeconds('VisibilityTimeout', seconds, 43_200)
    const entry = this.#byHandle.get(receiptHandle)
    if (entry?.state !== 'in flight') {
      throw new AwsError(
        'MessageNotInflight',
        `Value ${receiptHandle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.`,
      )
    }
    this.#hide(entry, 'in flight', seconds)
  }

  purge(): void {
    for (const entry of this.#entries) this.#drop(entry)
  }

  counts(): QueueCounts {
    this.#expire()
    let delayed = 0
    for (const entry of this.#entries) if (entry.state === 'delayed') delayed++
    return { visible: this.#visible.size, inFlight: this.#entries.size - this.#visible.size - delayed, delayed }
  }

  /** How many messages a receive could take now. */
  visible(): number {
    this.#expire()
    return this.#visible.size
  }

  /** Everything in the queue, oldest first. */
  messages(): HeldMessage[] {
    this.#expire()
    return [...this.#entries]
      .toSorted((a, b) => a.sentAt - b.sentAt)
      .map((entry) => shape(entry, { state: entry.state, ...(entry.due !== undefined && { due: entry.due }) }))
  }

  /** Calls `listener` whenever a message becomes visible. */
  onVisible(listener: () => void): Cancel {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Hidden messages, as `later`; visible ones count with the consumer that will take them. */
  inFlight(): InFlight {
    this.#expire()
    return this.#waits.inFlight(0)
  }

  waiting(): Waiting[] {
    this.#expire()
    return this.#waits.list()
  }

  #keep(entry: Entry, delaySeconds: number): void {
    const expiry = entry.sentAt + (this.settings.retentionSeconds ?? 4 * secondsPerDay) * 1000
    this.#nextExpiry = Math.min(this.#nextExpiry, expiry)
    this.#entries.add(entry)
    if (delaySeconds > 0) this.#hide(entry, 'delayed', delaySeconds)
    else this.#show(entry)
  }

  #show(entry: Entry): void {
    entry.cancel?.()
    entry.cancel = undefined
    entry.due = undefined
    entry.state = 'visible'
    this.#visible.add(entry)
    for (const listener of this.#listeners) listener()
  }

  #hide(entry: Entry, state: 'in flight' | 'delayed', seconds: number): void {
    entry.cancel?.()
    if (seconds === 0) {
      this.#show(entry)
      return
    }
    this.#visible.delete(entry)
    entry.state = state
    entry.due = this.#clock.now() + seconds * 1000
    entry.cancel = this.#waits.until(entry.due, `message ${entry.id} of ${this.settings.name}`, () => this.#show(entry))
  }

  #drop(entry: Entry): void {
    entry.cancel?.()
    this.#entries.delete(entry)
    this.#visible.delete(entry)
    if (entry.handle) this.#byHandle.delete(entry.handle)
  }

  #pick(): Entry | undefined {
    const disordered = this.#disorder && this.#random() < this.#disorder.reorder
    let skip = disordered ? Math.floor(this.#random() * Math.min(reorderWindow, this.#visible.size)) : 0
    if (skip > 0) this.#disorder?.onDisorder?.('reorder')
    for (const entry of this.#visible) if (skip-- === 0) return entry
    return undefined
  }

  #redrive(entry: Entry): boolean {
    const redrive = this.settings.redrive
    if (!redrive || entry.receives < redrive.maxReceiveCount) return false
    this.#drop(entry)
    entry.handle = undefined
    entry.deadLetterSource = this.settings.arn
    redrive.queue.#keep(entry, 0)
    return true
  }

  #double(entry: Entry): Entry | undefined {
    if (entry.isDoubled || !this.#disorder || this.#random() >= this.#disorder.duplicate) return undefined
    this.#disorder.onDisorder?.('duplicate')
    entry.isDoubled = true
    return { ...entry }
  }

  #take(entry: Entry): ReceivedMessage {
    this.#visible.delete(entry)
    if (entry.handle) this.#byHandle.delete(entry.handle)
    const handle = btoa(`${entry.id} ${uuid(this.#random)}`)
    entry.handle = handle
    entry.receives += 1
    entry.firstReceivedAt ??= this.#clock.now()
    this.#byHandle.set(handle, entry)
    return shape(entry, { ReceiptHandle: handle })
  }

  #expire(): void {
    const now = this.#clock.now()
    if (now < this.#nextExpiry) return
    const retention = (this.settings.retentionSeconds ?? 4 * secondsPerDay) * 1000
    this.#nextExpiry = Infinity
    for (const entry of this.#entries) {
      const expiry = entry.sentAt + retention
      if (expiry <= now) this.#drop(entry)
      else this.#nextExpiry = Math.min(this.#nextExpiry, expiry)
    }
  }
}
