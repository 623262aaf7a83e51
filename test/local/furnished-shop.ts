import { codeIn } from '../../bin/fuzz/mailed-code.ts'
import { furnished, renew } from '../../bin/fuzz/furnish.ts'
import type { Person } from '../../bin/fuzz/shop.ts'
import { type RouteName, Run, plansOf } from '../../bin/fuzz/run.ts'
import { webhookSecretOf } from '../../bin/fuzz/webhook-secret.ts'
import { Wire } from '../../bin/fuzz/wire.ts'
import { silent } from '../../bin/replay/progress.ts'
import { operatorOf, signedIn } from '../../bin/replay/stack.ts'
import { systemClock } from '../../functions/runtime/clock.ts'
import { startStack } from '../../localstack/start.ts'

/** A stack of its own with a shop in which each route has something to be asked for. Names of its things begin with `name`. */
export async function furnishedShop(name: string) {
  const local = await startStack({ port: 0, quiet: true })
  const operator = operatorOf({})
  const stack = await signedIn(local.url, operator, systemClock)
  const wire = new Wire(local.url, 8)
  const shop = await furnished(stack, { operator, atOnce: 8, progress: silent }, name)
  const webhookSecret = await webhookSecretOf(await stack.control!.aws())
  const plans = plansOf(webhookSecret, () => Date.now(), codeIn(stack.control))
  /** Puts alone on its shelf what other requests of the plans use up: an order of which nothing was given back, a refund that failed. */
  const prepare = async (route: RouteName): Promise<void> => {
    if (route !== 'closeRefund' && route !== 'refundOrder') return
    const { id } = await stack.api.placeOrder({
      idempotencyKey: shop.name('refused-refund'),
      body: {
        lines: [{ sku: shop.skus[0] ?? '', quantity: 1 }],
        payment: { method: 'card', token: 'tok_refund_fails' },
      },
    })
    await stack.control!.settle()
    while (shop.take('refundable')) continue
    if (route === 'refundOrder') return shop.put('refundable', { id })
    const refunded = await stack.api.refundOrder({
      params: { id },
      idempotencyKey: shop.name('refused-refund'),
      body: {},
    })
    for (const refund of refunded.refunds) shop.put('failedRefunds', { id: refund.id })
  }
  let tests = 0
  /** Tokens live for fifteen minutes: takes new ones for the people of the shop and those beside them, once in so many tests. */
  const renewOnceIn = async (many: number, others: Iterable<Person> = []): Promise<void> => {
    tests += 1
    const people = { operator: shop.operator, customers: [...shop.customers, ...others] }
    if (tests % many === 0) await renew(people, local.url)
  }
  const stop = async (): Promise<void> => {
    wire.close()
    await local.stop()
  }
  return { local, stack, wire, shop, plans, run: new Run(wire, shop, plans), webhookSecret, prepare, renewOnceIn, stop }
}

export type FurnishedShop = Awaited<ReturnType<typeof furnishedShop>>
