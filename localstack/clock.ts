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
  /** When the earliest task falls due. */
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

export declare const systemWall: Wall

/** Wall time plus an offset that {@link RealClock.advance} moves. */
export declare class RealClock implements StackClock {
  constructor(wall: Wall)
  now(): number
  at(time: number, task: () => void): Cancel
  pending(): readonly { readonly time: number }[]
  next(): number | undefined
  /** Milliseconds by which this clock is ahead of the wall. */
  offset(): number
  /**
   * Moves time forward by `milliseconds` and runs everything that falls due on the way, in order of time: while a task runs, and
   * while `between` is awaited after each due time, `now()` is that due time. Tasks set meanwhile run as well if they fall due within the
   * window; what is due at the time at which the clock stands runs even while `between` is awaited. Calls queue up behind each other.
   */
  advance(milliseconds: number, between?: Between): Promise<void>
  /** Forgets all tasks and runs none any more. */
  stop(): void
}

/** A clock that moves only when told to: tests and simulation. */
export declare class VirtualClock implements StackClock {
  constructor(start?: number)
  now(): number
  at(time: number, task: () => void): Cancel
  pending(): readonly { readonly time: number }[]
  next(): number | undefined
  /** Moves to the earliest task and runs it; `false` if there is none. */
  runNext(): boolean
  /** As {@link RealClock.advance}. Without `between` the event loop turns once after each due time. */
  advance(milliseconds: number, between?: Between): Promise<void>
}
