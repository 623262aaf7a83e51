import { type LocalControl, type Usage, usageBetween, usageSum } from './local-control.ts'

/** Adds up what several pieces of work cost a local stack; elsewhere it does not know. */
export class Meter {
  private readonly control: LocalControl | undefined
  private sum: Usage | undefined

  constructor(control: LocalControl | undefined) {
    this.control = control
  }

  /** Undefined before anything was measured. */
  get spent(): Usage | undefined {
    return this.sum
  }

  /** Does the work, and counts until everything that it has caused is at rest. */
  async during<Result>(work: () => Promise<Result>): Promise<Result> {
    const start = await this.control?.usage()
    const result = await work()
    await this.control?.settle()
    const end = await this.control?.usage()
    if (start && end) this.sum = add(this.sum, usageBetween(start, end))
    return result
  }
}

const add = (sum: Usage | undefined, more: Usage): Usage => (sum ? usageSum(sum, more) : more)
