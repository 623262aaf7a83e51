import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { childOf } from './child.ts'
import { advance, settle, state } from './control.ts'
import { isLocal, newcomer, place, signIn, stocked } from './target.ts'

const page = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
const [, code = ''] = /<!-- receiver -->\s+```js\n([\s\S]*?)```/.exec(page) ?? []

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

it.runIf(isLocal)('a receiver of the few lines in the README takes what is signed, and shows each event', async () => {
  const [operator, customer] = [await signIn('operator'), await newcomer()]
  const sku = await stocked(operator, 1)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}/`
  const webhook = await operator.api.createWebhook({ body: { url, events: ['order.placed', 'order.reserved'] } })
  // What is signed long before or after the receiver's own time is refused, and other files move the clock of the stack.
  const aheadMs = Date.parse((await state()).now) - Date.now()
  const moved = `const now = Date.now; Date.now = () => now() + ${aheadMs};`
  const listening = code.replace('listen(4100)', `listen(${port}, () => console.log('listens'))`)
  const receiver = childOf(process.execPath, ['--input-type=module', '-e', `${moved}${listening}`], {
    env: { ...process.env, WEBHOOK_SECRET: webhook.secret },
  })
  onTestFinished(async () => {
    await operator.api.deleteWebhook({ params: { id: webhook.id } })
    // The last wake-ups of what is deleted.
    await advance('3m')
    await settle()
  })
  let id = ''
  receiver.stderr.pipe(process.stderr)
  let shown = ''
  for await (const chunk of receiver.stdout) {
    shown += String(chunk)
    if (shown === 'listens\n') {
      const forged = await fetch(url, { method: 'POST', body: '{"id":"x","type":"order.placed"}' })
      expect(forged.status).toBe(400)
      ;({ id } = await place(customer, { [sku]: 1 }))
    }
    if (shown.includes('order.placed') && shown.includes('order.reserved')) break
  }
  expect(
    shown
      .split('\n')
      .filter((line) => line.includes('order.'))
      .toSorted(),
  ).toEqual([`order.placed ${id} 1`, expect.stringMatching(new RegExp(`^order\\.reserved ${id} \\d+$`))])
})
