import { SingleBar } from 'cli-progress'

/** Shows how far a move of the clock is: times in milliseconds since 1970, and how many schedules are left. */
export interface MoveProgress {
  begin(from: number, to: number): void
  reached(time: number, schedules: number): void
  end(): void
}

/** A bar on a terminal; elsewhere a line at each quarter of the way. Moves of up to an hour are not shown. */
export function moveProgressOn(stream: NodeJS.WriteStream): MoveProgress {
  const show = stream.isTTY ? bar(stream) : lines(stream)
  let [start, length, schedules] = [0, 0, 0]
  return {
    begin(from, to) {
      ;[start, length] = [from, to - from]
      if (length > shortMs) show.begin()
    },
    reached(time, left) {
      schedules = left
      if (length > shortMs) show.reached((time - start) / length, left)
    },
    end() {
      if (length > shortMs) show.end(schedules)
    },
  }
}

export const silent: MoveProgress = { begin: () => undefined, reached: () => undefined, end: () => undefined }

const shortMs = 3_600_000

interface Show {
  begin(): void
  /** The share of the way, from 0 to 1. */
  reached(share: number, schedules: number): void
  end(schedules: number): void
}

function bar(stream: NodeJS.WriteStream): Show {
  const format = 'clock {bar} {percentage} %  {schedules} schedules left  {duration_formatted}'
  const single = new SingleBar({ format, stream, barsize: 32, hideCursor: true })
  return {
    begin: () => single.start(100, 0, { schedules: '?' }),
    reached: (share, schedules) => single.update(Math.floor(share * 100), { schedules }),
    end(schedules) {
      single.update(100, { schedules })
      single.stop()
    },
  }
}

function lines(stream: NodeJS.WritableStream): Show {
  let quarter = 0
  const print = (schedules: number): boolean =>
    stream.write(`clock: ${quarter * 25} % of the way, ${schedules} schedules left\n`)
  return {
    begin() {
      quarter = 0
    },
    reached(share, schedules) {
      if (Math.floor(share * 4) <= quarter || share >= 1) return
      quarter = Math.floor(share * 4)
      print(schedules)
    },
    end(schedules) {
      quarter = 4
      print(schedules)
    },
  }
}
