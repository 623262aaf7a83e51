import * as z from 'zod'
import { type EventContract, envelope } from './contract.ts'

/** A JSON Schema as plain data. */
export interface JsonSchema {
  readonly [keyword: string]: unknown
}

/**
 * The `detail` of an event as JSON Schema; what several places share stands under `definitions`. Draft 4 is what the schema registry
 * of EventBridge takes (`JSONSchemaDraft4`), draft 7 what AsyncAPI takes. Objects stay open where a reader lets unknown fields pass.
 */
export function eventSchema(contract: EventContract, target: 'draft-4' | 'draft-7' = 'draft-4'): JsonSchema {
  return z.toJSONSchema(envelope(contract.data), { target, io: 'input' })
}
