/** How an invocation of a function ended. */
export interface InvokeResult {
  readonly requestId: string
  /** The parsed answer; with `functionError` the error object of the function. */
  readonly payload: unknown
  /** Present when the function threw or ran out of time. */
  readonly functionError?: 'Handled' | 'Unhandled'
}

/** Calls one function with one event and waits for its end. Rejects when the function could not be invoked at all (throttled, no such function). */
export type Invoke<Event> = (event: Event) => Promise<InvokeResult>
