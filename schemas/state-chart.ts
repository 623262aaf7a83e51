/** The actor of a transition. `system` stands for what happens by itself: an answer, a timer, a sweeper. */
export type Mover = 'customer' | 'operator' | 'system'

/** A transition to another state: its actors, and its reason. */
export interface Way {
  readonly by: readonly Mover[]
  readonly on: string
}

/**
 * Where something may go from each of its states. A state without ways is final; one that is left for itself (a further attempt, a part of
 * a return) is not named. The simulation holds every change against these charts, a walk through the whole system shows that an operator
 * reaches an end from each state, and the pictures in the documents are drawn from them.
 */
export type StateChart<State extends string> = Readonly<Record<State, Readonly<Partial<Record<State, Way>>>>>

export const operator = (on: string): Way => ({ by: ['operator'], on })
export const customer = (on: string): Way => ({ by: ['customer'], on })
export const either = (on: string): Way => ({ by: ['customer', 'operator'], on })
export const system = (on: string): Way => ({ by: ['system'], on })

/** Whether the chart allows this step; to stay is always allowed. */
export const allows = <State extends string>(chart: StateChart<State>, from: State, to: State): boolean =>
  from === to || Object.hasOwn(chart[from], to)
