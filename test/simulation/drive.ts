import type { VirtualClock } from '../../localstack/clock.ts'

export interface Drive {
  /** Whether to leave it at that; asked before each task. */
  readonly isOver: () => boolean
  /** Called when all that follows from a task has happened. What it throws ends the drive. */
  readonly stepped: () => void
}

/**
 * Runs the clock's tasks one by one until it is over or none is left. Whatever a task sets going comes to rest before the next one: it
 * waits for promises only, never for the event loop, and Node takes a next tick once no promise is left to go on.
 */
export function drive(clock: VirtualClock, { isOver, stepped }: Drive): Promise<void> {
  return new Promise((resolve, reject) => {
    const step = (): void => {
      if (isOver() || !clock.runNext()) resolve()
      else process.nextTick(rested)
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
