/** A task that waits for its time; `position` is its place in the heap, -1 once it has left. */
export interface Task {
  readonly time: number
  readonly sequence: number
  readonly run: () => void
  position: number
}

const before = (a: Task, b: Task): boolean => a.time < b.time || (a.time === b.time && a.sequence < b.sequence)

/** A binary heap of tasks by time, then by the order in which they were added. */
export class TaskHeap {
  readonly #tasks: Task[] = []
  #sequence = 0

  add(time: number, run: () => void): Task {
    const task: Task = { time, sequence: this.#sequence++, run, position: this.#tasks.length }
    this.#tasks.push(task)
    this.#rise(task)
    return task
  }

  first(): Task | undefined {
    return this.#tasks[0]
  }

  /** Takes a task out, whether it is there or not. */
  remove(task: Task): void {
    const position = task.position
    if (position < 0) return
    task.position = -1
    const last = this.#tasks.pop()
    if (!last || last === task) return
    this.#put(last, position)
    this.#rise(last)
    this.#sink(last)
  }

  clear(): void {
    for (const task of this.#tasks) task.position = -1
    this.#tasks.length = 0
  }

  /** All tasks in the order in which they run. */
  inOrder(): Task[] {
    return this.#tasks.toSorted((a, b) => (before(a, b) ? -1 : 1))
  }

  #put(task: Task, position: number): void {
    this.#tasks[position] = task
    task.position = position
  }

  #rise(task: Task): void {
    for (;;) {
      if (task.position === 0) return
      const at = (task.position - 1) >> 1
      const parent = this.#tasks[at]
      if (!parent || !before(task, parent)) return
      this.#put(parent, task.position)
      this.#put(task, at)
    }
  }

  #sink(task: Task): void {
    for (;;) {
      const at = task.position * 2 + 1
      const left = this.#tasks[at]
      const right = this.#tasks[at + 1]
      const child = right && left && before(right, left) ? right : left
      if (!child || !before(child, task)) return
      const position = child.position
      this.#put(child, task.position)
      this.#put(task, position)
    }
  }
}
