/** A crash to come: the worker of `function` is ended at its `nth` call from now, before or after the call is applied. */
export interface Fault {
  /** The function's name, or a part of it, in any case: `inventory-events`. */
  readonly function: string
  /** Such as `dynamodb:PutItem`, or `PutItem` of any service; every call without it. */
  readonly operation?: string | undefined
  /** Counts from 1. */
  readonly nth: number
  readonly when: 'before' | 'after'
}

/** Crashes on demand, to test that no step of a function is lost or done twice. */
export class Faults {
  private readonly pending: { readonly fault: Fault; seen: number }[] = []
  private readonly end: (functionName: string, accessKeyId: string) => void
  private fired = 0

  constructor(end: (functionName: string, accessKeyId: string) => void) {
    this.end = end
  }

  add(fault: Fault): void {
    this.pending.push({ fault, seen: 0 })
  }

  counts(): { readonly pending: number; readonly fired: number } {
    return { pending: this.pending.length, fired: this.fired }
  }

  clear(): void {
    this.pending.length = 0
  }

  /** Whether this call is one at which its worker has to die. */
  take(functionName: string, operation: string): Fault['when'] | undefined {
    for (const [index, each] of this.pending.entries()) {
      const { fault } = each
      if (!isIn(fault, functionName) || !isOf(fault, operation)) continue
      each.seen += 1
      if (each.seen < fault.nth) continue
      this.pending.splice(index, 1)
      this.fired += 1
      return fault.when
    }
    return undefined
  }

  kill(functionName: string, accessKeyId: string): void {
    this.end(functionName, accessKeyId)
  }
}

/** Whether the fault is one of that function. */
export const isIn = ({ function: wanted }: Pick<Fault, 'function'>, functionName: string): boolean =>
  functionName.toLowerCase().includes(wanted.toLowerCase())

const isOf = ({ operation: wanted }: Fault, operation: string): boolean =>
  wanted === undefined || wanted === operation || operation.endsWith(`:${wanted}`)
