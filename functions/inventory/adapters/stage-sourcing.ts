import { sourcingRules } from '../../../schemas/sourcing.ts'
import { liveItems } from '../../runtime/aws-wiring.ts'
import { env, required } from '../../runtime/env.ts'
import type { InventoryDeps } from '../deps.ts'

/** The items of inventory, with the rule of the stage. Throws where there is no rule of that name. */
export function liveInventory(): InventoryDeps {
  const name = required(env.sourcing)
  const sourcing = sourcingRules.find((rule) => rule === name)
  if (sourcing === undefined)
    throw new Error(`The environment variable ${env.sourcing} is ${name}, and none of ${sourcingRules.join(', ')}.`)
  return { ...liveItems(), sourcing }
}
