/** What a code stands for, and what the caller does next. */
export interface ProblemKind {
  readonly status: ProblemStatus
  /** The same for every problem with the code. */
  readonly title: string
  readonly next: string
}

export type ProblemStatus = 400 | 401 | 403 | 404 | 409 | 410 | 412 | 413 | 415 | 422 | 429 | 500 | 503

/** What a code stands for. */
export const kind = (status: ProblemStatus, title: string, next: string): ProblemKind => ({ status, title, next })
