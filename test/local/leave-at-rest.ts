import { afterAll } from 'vitest'
import { settle } from './control.ts'
import { isLocal } from './target.ts'

/** A file that leaves work behind fails itself, instead of the file that runs after it. */
afterAll(async () => {
  if (isLocal) await settle()
})
