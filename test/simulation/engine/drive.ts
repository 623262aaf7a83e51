import type { VirtualClock } from '../../../localstack/clock/clock.ts'

/** Tasks that called nobody back declare it: nothing can follow from them before the next one. */
export class Quiet {
  #isDeclared = false

  declare(): void {
    this.#isDeclared = true
  }

  /** Whether the last task has declared it. */
  take(): boolean {
    const isSaid = this.#isDeclared
    this.#isDeclared = false
    return isSaid
  }
}

export interface Drive {
  readonly quiet: Quiet
  /** Whether to leave it at that; asked before each task. */
  readonly isOver: () => boolean
  /** Called when all that follows from a task has happened. What it throws ends the drive. */
  readonly stepped: () => void
}

/**
 * Runs the clock's tasks one by one until it is over or none is left. Whatever a task sets going comes to rest before the next one: it
 * waits for promises only, never for the event loop, and Node takes a next tick once no promise is left to go on.
 */
export function drive(clock: VirtualClock, { quiet, isOver, stepped }: Drive): Promise<void> {
  return new Promise((resolve, reject) => {
    const step = (): void => {
      for (;;) {
        if (isOver() || !clock.runNext()) return resolve()
        if (!quiet.take()) return process.nextTick(rested)
        stepped()
      }
    }
    const rested = (): void => {
      try {
        stepped()
        // Ticks that are set by a tick would come before what waits for promises.
        onward.then(step).catch(reject)
      } catch (error) {
        reject(error)
      }
    }
    process.nextTick(() => onward.then(step).catch(reject))
  })
}

const onward = Promise.resolve()
