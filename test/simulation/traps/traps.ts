import { ending } from './ending.ts'
import { overselling } from './overselling.ts'
import { paying } from './paying.ts'
import { repeating } from './repeating.ts'
import { telling } from './telling.ts'
import type { Trap } from './trap.ts'

/** Every trap that others fell into, as far as there is what can fall into it. */
export const traps: readonly Trap[] = [...overselling, ...ending, ...telling, ...paying, ...repeating]
