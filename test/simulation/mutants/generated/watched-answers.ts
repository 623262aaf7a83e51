/** What a watched process sends. */
export type Report<Answer> = { readonly state: 'ready' | 'alive' } | { readonly state: 'done'; readonly answer: Answer }

const send = (report: Report<unknown>): void => void process.send?.(report)

/** Lets the parent know that the process waits for the first question. */
export const ready = (): void => send({ state: 'ready' })

/** Keeps the parent from taking a long answer for an endless loop. */
export const signOfLife = (): void => send({ state: 'alive' })

/** Answers each question of the parent. */
export function answer(find: (question: never) => Promise<unknown>): void {
  process.on('message', (question) => {
    void find(question as never).then((found) => send({ state: 'done', answer: found }))
  })
}
