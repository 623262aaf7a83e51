import { type RawAnswer, send } from '../../schemas/client.ts'
import type { Narrator } from './narrator.ts'
import { type DemoStack, onSale } from './shop.ts'

const sku = 'DEMO-KETTLE'

/** A machine with a key that may only read stock, and loses it in the middle of its work. */
export async function machine(stack: DemoStack, narrator: Narrator): Promise<void> {
  narrator.title('A machine with a key')
  await onSale(stack, { sku, name: 'Kettle', price: 1_995 }, 10)
  const body = { name: 'Shelf display', scopes: ['stock:read' as const] }
  narrator.asked('POST /api-keys', body)
  const { id, key = '', prefix } = await stack.api.createApiKey({ body })
  narrator.answered(`201 ${id}, a key that begins with ${prefix}`)
  const levels = async (): Promise<number> => {
    const { status } = await withKey(stack, key, 'GET', `/inventory/${sku}/levels`)
    narrator.asked(`GET /inventory/${sku}/levels, with the key`)
    narrator.answered(status)
    return status
  }
  const before = await levels()
  const refused = await Promise.all(
    others.map(async ([method, path]) => {
      const answer = await withKey(stack, key, method, path)
      return [`${method} ${path}`, answer.status, (answer.body as { readonly code?: string }).code] as const
    }),
  )
  for (const [request, status, code] of refused) narrator.answered(`${request}: ${status} ${code}`)
  const again = await levels()
  await stack.api.revokeApiKey({ params: { id } })
  narrator.answered('the key is revoked; five seconds later')
  await stack.control.advance('5s')
  const after = await levels()
  narrator.promise('the machine reads the stock', before === 200 && again === 200)
  narrator.promise(
    'it is refused everything else',
    refused.every(([, status]) => status === 403),
  )
  narrator.promise('a revoked key opens nothing', after === 401)
}

const others = [
  ['GET', '/orders'],
  ['POST', `/inventory/${sku}/adjustments`],
  ['GET', '/payments?onHold=true'],
  ['GET', '/users/me'],
  ['POST', '/api-keys'],
] as const

function withKey({ options: { baseUrl } }: DemoStack, key: string, method: string, path: string): Promise<RawAnswer> {
  return send({ baseUrl }, { method, path, headers: { authorization: `Bearer ${key}` } })
}
