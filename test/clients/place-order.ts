import { ApiError, type OrderInput, client } from './client.ts'

/** Signs in, places an order, reads it, and is refused one of a product that nobody sells. */
const [serverUrl = '', email = '', password = '', sku = ''] = process.argv.slice(2)
client.configure({ serverUrl })
const { accessToken } = await client.signIn({ body: { email, password } })
client.auth.bearer(accessToken)

const headers = () => ({ 'Idempotency-Key': crypto.randomUUID(), Prefer: 'wait=8' })
const orderOf = (ordered: string): OrderInput => ({
  lines: [{ sku: ordered, quantity: 2 }],
  payment: { method: 'manual' },
})
const placed = await client.placeOrder({ body: orderOf(sku), headers: headers() })
const read = await client.getOrder({ path: { id: placed.id } })

const refusal = await client.placeOrder({ body: orderOf('nobody-sells-this'), headers: headers() }).then(
  ({ id }) => `${id} is an order of nothing`,
  (error: unknown) => (error instanceof ApiError ? error.body : String(error)),
)
console.log(JSON.stringify({ order: read, refusal }))
