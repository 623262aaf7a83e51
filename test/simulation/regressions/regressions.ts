import { ending } from './ending.ts'
import { overselling } from './overselling.ts'
import { paying } from './paying.ts'
import { repeating } from './repeating.ts'
import { publishing } from './publishing.ts'
import type { Regression } from './regression.ts'

/** Every mistake of other systems that this one could make. */
export const regressions: readonly Regression[] = [...overselling, ...ending, ...publishing, ...paying, ...repeating]
