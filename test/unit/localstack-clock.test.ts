import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Cancel, RealClock, VirtualClock, type Wall } from '../../localstack/clock/clock.ts'
import { hours, seconds, start, turn } from './model-deps.ts'

/** A wall that a test moves, with the timers that a machine would fire. */
class HandWall implements Wall {
  time = start
  timers: { readonly due: number; readonly task: () => void }[] = []

  now(): number {
    return this.time
  }

  timer(milliseconds: number, task: () => void): Cancel {
    if (milliseconds > 2 ** 31 - 1) throw new RangeError('A machine would fire this at once.')
    const timer = { due: this.time + milliseconds, task }
    this.timers.push(timer)
    return () => {
      this.timers = this.timers.filter((other) => other !== timer)
    }
  }

  pass(milliseconds: number): void {
    this.time += milliseconds
    const due = this.timers.filter((timer) => timer.due <= this.time)
    this.timers = this.timers.filter((timer) => timer.due > this.time)
    for (const timer of due) timer.task()
  }
}

describe('a virtual clock', () => {
  test('runs tasks by time, then in the order in which they were set, and none that was cancelled', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ time: fc.integer({ min: 0, max: 99 }), cancelled: fc.boolean() }), {
          maxLength: 80,
          size: 'max',
        }),
        (tasks) => {
          const clock = new VirtualClock()
          const ran: string[] = []
          const cancels = tasks.map(({ time }, index) => clock.at(time, () => ran.push(`${clock.now()} ${index}`)))
          tasks.forEach(({ cancelled }, index) => cancelled && cancels[index]?.())
          while (clock.runNext());
          const expected = tasks
            .map(({ time, cancelled }, index) => ({ time, cancelled, index }))
            .filter(({ cancelled }) => !cancelled)
            .toSorted((a, b) => a.time - b.time || a.index - b.index)
          expect(ran).toEqual(expected.map(({ time, index }) => `${time} ${index}`))
        },
      ),
    )
  })

  test('shows what waits, earliest first', () => {
    const clock = new VirtualClock()
    clock.at(30, () => {})
    clock.at(10, () => {})
    const cancel = clock.at(20, () => {})
    cancel()
    expect(clock.pending().map(({ time }) => time)).toEqual([10, 30])
    expect(clock.next()).toBe(10)
  })

  test('runs a task set for the past at its present time', () => {
    const clock = new VirtualClock(100)
    const times: number[] = []
    clock.at(5, () => times.push(clock.now()))
    clock.runNext()
    expect(times).toEqual([100])
  })

  test('advances through what tasks set on the way, and lets each due time settle before the next', async () => {
    const clock = new VirtualClock()
    const log: string[] = []
    clock.at(10, () => {
      log.push('ten')
      void Promise.resolve().then(() => clock.at(15, () => log.push(`fifteen at ${clock.now()}`)))
    })
    clock.at(20, () => log.push('twenty'))
    clock.at(31, () => log.push('too late'))
    await clock.advance(30)
    expect(log).toEqual(['ten', 'fifteen at 15', 'twenty'])
    expect(clock.now()).toBe(30)
  })
})

describe('a real clock', () => {
  test('follows the wall and fires what falls due', () => {
    const wall = new HandWall()
    const clock = new RealClock(wall)
    const fired: number[] = []
    clock.at(start + 5 * seconds, () => fired.push(clock.now()))
    wall.pass(4 * seconds)
    expect(fired).toEqual([])
    wall.pass(seconds)
    expect(fired).toEqual([start + 5 * seconds])
  })

  test('waits for tasks that are further away than a timer of the machine can be', () => {
    const wall = new HandWall()
    const clock = new RealClock(wall)
    let fired = false
    clock.at(start + 60 * 24 * hours, () => {
      fired = true
    })
    wall.pass(2 ** 31 - 1)
    expect(fired).toBe(false)
    wall.pass(60 * 24 * hours)
    expect(fired).toBe(true)
  })

  test('shows a task that is due in 24 hours the time of its due, not the end of the move', async () => {
    const wall = new HandWall()
    const clock = new RealClock(wall)
    const seen: number[] = []
    clock.at(start + 24 * hours, () => {
      seen.push(clock.now())
      clock.at(clock.now() + 5 * seconds, () => seen.push(clock.now()))
    })
    await clock.advance(25 * hours)
    expect(seen).toEqual([start + 24 * hours, start + 24 * hours + 5 * seconds])
    expect(clock.now()).toBe(start + 25 * hours)
    expect(clock.offset()).toBe(25 * hours)
    wall.pass(seconds)
    expect(clock.now()).toBe(start + 25 * hours + seconds)
  })

  test('stands still while what one due time caused is finished, and runs what falls due there meanwhile', async () => {
    const wall = new HandWall()
    const clock = new RealClock(wall)
    const log: string[] = []
    clock.at(start + hours, () => log.push('first'))
    clock.at(start + 2 * hours, () => log.push('second'))
    await clock.advance(3 * hours, async () => {
      if (clock.now() !== start + hours) return
      clock.at(clock.now(), () => log.push('caused by the first'))
      wall.pass(10 * seconds)
      await turn()
      expect(clock.now()).toBe(start + hours)
    })
    expect(log).toEqual(['first', 'caused by the first', 'second'])
  })

  test('does one move after the other', async () => {
    const wall = new HandWall()
    const clock = new RealClock(wall)
    const log: number[] = []
    clock.at(start + 0.5 * hours, () => log.push(clock.now()))
    clock.at(start + 1.5 * hours, () => log.push(clock.now()))
    await Promise.all([clock.advance(hours), clock.advance(hours)])
    expect(log).toEqual([start + 0.5 * hours, start + 1.5 * hours])
    expect(clock.now()).toBe(start + 2 * hours)
  })

  test('runs nothing any more once stopped', () => {
    const wall = new HandWall()
    const clock = new RealClock(wall)
    let fired = false
    clock.at(start + seconds, () => {
      fired = true
    })
    clock.stop()
    wall.pass(hours)
    expect(fired).toBe(false)
  })
})
