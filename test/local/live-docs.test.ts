import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { childOf } from './child.ts'
import { liveUrl } from './live-client.ts'
import { newcomer, place, signIn, stocked } from './target.ts'

const page = readFileSync(new URL('../../docs/live.md', import.meta.url), 'utf8')
const [, code = ''] = /```js\n([\s\S]*?)```/.exec(page) ?? []

it('a client of the few lines in the documents sees what becomes of an order', async () => {
  const [operator, customer] = [await signIn('operator'), await newcomer()]
  const order = await place(customer, { [await stocked(operator, 1)]: 1 })
  const client = childOf(process.execPath, ['--input-type=module', '-e', code], {
    env: { ...process.env, LIVE_URL: liveUrl, TOKEN: customer.token, ORDER: order.id },
  })
  client.stderr.pipe(process.stderr)
  let shown = ''
  for await (const chunk of client.stdout) {
    shown += String(chunk)
    if (shown === 'subscribed reserved\n') await operator.api.approveOrder({ params: { id: order.id } })
    if (shown.includes('order.confirmed')) break
  }
  expect(shown).toBe('subscribed reserved\norder.confirmed confirmed\n')
})
