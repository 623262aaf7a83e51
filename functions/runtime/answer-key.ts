import type { Key } from './store.ts'

const prefix = 'answer_'

/** Where the answer to an `Idempotency-Key` is kept. */
export const answerKey = (id: string): Key => ({ pk: `${prefix}${id}`, sk: 'answer' })

/** Whether it is a kept answer, or a key bound to a request. */
export const isAnswer = ({ pk }: Key): boolean => pk.startsWith(prefix)
