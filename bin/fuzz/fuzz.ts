import { type Api, api } from '../../schemas/client.ts'
import { chanceOf } from './chance.ts'
import { inOrder } from '../replay/in-order.ts'
import type { Stack } from '../replay/stack.ts'
import { codeIn } from './mailed-code.ts'
import { type FurnishOptions, furnished, renew } from './furnish.ts'
import { receiverUrl } from './receiver.ts'
import { type Reconciled, reconcile } from './reconcile.ts'
import { type RouteTally, Run, plansOf } from './run.ts'
import type { Person } from './shop.ts'
import { Wire } from './wire.ts'

/** After so many requests everybody signs in again. */
const renewedEach = 5_000

export interface FuzzOptions extends FurnishOptions {
  readonly requests: number
  readonly seed: number
  readonly webhookSecret: string
}

export interface Findings {
  readonly routes: readonly RouteTally[]
  /** Answers that break the contract, each with its request; the first hundred. */
  readonly wrong: readonly string[]
  readonly reconciled: Reconciled
}

/**
 * Asks the stack for things that its contract allows, and for things that are like them, and holds every answer against the contract;
 * then reconciles stock and money. One seed makes the same requests; which things they are about also depends on how fast answers come. A route is asked
 * for good things only while less than half of its requests succeed; in the end all are, until each has succeeded once, for as many requests again
 * at most.
 */
export async function fuzz(stack: Stack, options: FuzzOptions): Promise<Findings> {
  const { requests, seed, atOnce, progress, webhookSecret } = options
  const prefix = `f${seed.toString(36)}${stack.clock.now().toString(36)}`
  const shop = await furnished(stack, options, prefix)
  // The clock of a local stack may have been moved.
  const ahead = stack.control === undefined ? 0 : (await stack.control.now()) - stack.clock.now()
  const plans = plansOf(webhookSecret, () => stack.clock.now() + ahead, codeIn(stack.control))
  const wire = new Wire(stack.options.baseUrl, atOnce)
  const run = new Run(wire, shop, plans)
  progress.start('fuzz', requests)
  await inOrder(
    Array.from({ length: requests }, (_, index) => index),
    atOnce,
    async (index) => {
      if (index % renewedEach === 0) await renew(shop, stack.options.baseUrl)
      await run.one(chanceOf(seed * 1_000_003 + index))
      progress.step()
    },
  )
  // What a route is about may take others to be made first.
  for (let index = requests; index < 2 * requests && !run.hasReachedAll; index += 1)
    await run.one(chanceOf(seed * 1_000_003 + index), true)
  progress.stop()
  wire.close()
  await renew(shop, stack.options.baseUrl)
  const apiOf = ({ token }: Person) => api({ baseUrl: stack.options.baseUrl, token })
  await deleteWebhooks(apiOf(shop.operator))
  await stack.control?.settle()
  const reconciled = await reconcile({
    operator: apiOf(shop.operator),
    apiOf,
    shop,
    skus: [...run.skus],
    reservations: [...run.reservations],
    atOnce,
    progress,
  })
  return { routes: [...run.tallies.values()], wrong: run.wrong, reconciled }
}

/** The receiver ends with this process: what nobody takes would be tried for three days. */
async function deleteWebhooks(operator: Api): Promise<void> {
  let cursor: string | undefined
  do {
    const page = await operator.listWebhooks({ query: cursor === undefined ? {} : { cursor } })
    for (const { id, url } of page.items)
      if (url.startsWith(receiverUrl)) await operator.deleteWebhook({ params: { id } })
    cursor = page.cursor
  } while (cursor !== undefined)
}
