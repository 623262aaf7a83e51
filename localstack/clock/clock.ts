import { type Task, TaskHeap } from './task-heap.ts'

export type Cancel = () => void

/** The time of the stack and everything that waits for a time. */
export interface StackClock {
  /** Milliseconds since 1970. Never runs backwards. */
  now(): number
  /**
   * Runs `task` once at `time` (milliseconds since 1970), never within this call: a time that has passed already is due now. Tasks of one
   * time run in the order in which they were set. A task must not throw.
   */
  at(time: number, task: () => void): Cancel
  /** What waits, earliest first. */
  pending(): readonly { readonly time: number }[]
  /** When the earliest task falls due; while that is not after `now()` the stack is not at rest. */
  next(): number | undefined
}

/** Lets the work that one due time caused come to rest before the clock moves on. */
export type Between = () => Promise<void>

/** The machine's time, for {@link RealClock}. */
export interface Wall {
  now(): number
  /** Runs `task` after `milliseconds` (at most 2^31 - 1). */
  timer(milliseconds: number, task: () => void): Cancel
}

export const systemWall: Wall = {
  now: () => Date.now(),
  timer: (milliseconds, task) => {
    const timer = setTimeout(task, milliseconds)
    return () => clearTimeout(timer)
  },
}

const longestTimer = 2 ** 31 - 1

/** Wall time plus an offset that {@link RealClock.advance} moves. */
export class RealClock implements StackClock {
  readonly #wall: Wall
  readonly #heap = new TaskHeap()
  #offset = 0
  /** The time at which the clock stands while it is being moved. */
  #stand: number | undefined
  #timer: Cancel | undefined
  #advances: Promise<void> = Promise.resolve()
  #stopped = false

  constructor(wall: Wall) {
    this.#wall = wall
  }

  now(): number {
    return this.#stand ?? this.#wall.now() + this.#offset
  }

  at(time: number, task: () => void): Cancel {
    const entry = this.#heap.add(Math.max(time, this.now()), task)
    if (entry.position === 0) this.#arm()
    return () => this.#heap.remove(entry)
  }

  pending(): readonly { readonly time: number }[] {
    return this.#heap.inOrder()
  }

  next(): number | undefined {
    return this.#heap.first()?.time
  }

  /** Milliseconds by which this clock is ahead of the wall. */
  offset(): number {
    return this.now() - this.#wall.now()
  }

  /**
   * Moves time forward by `milliseconds` and runs everything that falls due on the way, in order of time: while a task runs, and
   * while `between` is awaited after each due time, `now()` is that due time. Tasks set meanwhile run as well if they fall due within the
   * window; what is due at the time at which the clock stands runs even while `between` is awaited. Calls queue up behind each other.
   */
  advance(milliseconds: number, between: Between = turn): Promise<void> {
    const move = this.#advances.then(() => this.#advance(milliseconds, between))
    this.#advances = move.catch(() => {})
    return move
  }

  /** Forgets all tasks and runs none any more. */
  stop(): void {
    this.#stopped = true
    this.#heap.clear()
    this.#timer?.()
  }

  async #advance(milliseconds: number, between: Between): Promise<void> {
    const target = this.now() + Math.max(0, milliseconds)
    this.#stand = this.now()
    try {
      for (let due = this.next(); due !== undefined && due <= target; due = this.next()) {
        this.#stand = Math.max(this.#stand, due)
        this.#runDue()
        await between()
      }
      this.#stand = target
    } finally {
      this.#offset = this.#stand - this.#wall.now()
      this.#stand = undefined
      this.#arm()
    }
  }

  #arm(): void {
    this.#timer?.()
    this.#timer = undefined
    const due = this.next()
    if (due === undefined || this.#stopped) return
    const wait = due - this.now()
    if (this.#stand !== undefined && wait > 0) return
    this.#timer = this.#wall.timer(Math.min(Math.max(0, Math.ceil(wait)), longestTimer), () => {
      this.#timer = undefined
      this.#runDue()
      this.#arm()
    })
  }

  #runDue(): void {
    const now = this.now()
    for (let task = this.#heap.first(); task && task.time <= now; task = this.#heap.first()) run(this.#heap, task)
  }
}

/** A clock that moves only by its methods: for tests and the simulation. */
export class VirtualClock implements StackClock {
  readonly #heap = new TaskHeap()
  #now: number

  constructor(start = 0) {
    this.#now = start
  }

  now(): number {
    return this.#now
  }

  at(time: number, task: () => void): Cancel {
    const entry = this.#heap.add(Math.max(time, this.#now), task)
    return () => this.#heap.remove(entry)
  }

  pending(): readonly { readonly time: number }[] {
    return this.#heap.inOrder()
  }

  next(): number | undefined {
    return this.#heap.first()?.time
  }

  /** Moves to the earliest task and runs it; `false` if there is none. */
  runNext(): boolean {
    const task = this.#heap.first()
    if (!task) return false
    this.#now = task.time
    run(this.#heap, task)
    return true
  }

  /** As {@link RealClock.advance}. Without `between` the event loop turns once after each due time. */
  async advance(milliseconds: number, between: Between = turn): Promise<void> {
    const target = this.#now + Math.max(0, milliseconds)
    for (let due = this.next(); due !== undefined && due <= target; due = this.next()) {
      while (this.next() === due) this.runNext()
      await between()
    }
    this.#now = target
  }
}

function run(heap: TaskHeap, task: Task): void {
  heap.remove(task)
  task.run()
}

const turn: Between = () => new Promise((resolve) => setImmediate(resolve))
