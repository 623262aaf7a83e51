import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { apiKeyOf, hashOf, secretKey } from '../../functions/runtime/api-key.ts'
import { systemClock } from '../../functions/runtime/clock.ts'
import { keyIdentity } from '../../functions/runtime/identity.api-keys.ts'
import { cognitoIdentity } from '../../functions/runtime/identity.cognito.ts'
import { Principals } from '../../functions/runtime/principals.ts'
import { memoryStore } from '../../functions/runtime/store.memory.ts'
import { createIssuer } from '../../localstack/cognito/tokens.ts'

/**
 * Measures the check of who sends a request, without the network: its time cold (the first of a process) and warm, and what floods of bad tokens cost in
 * reads. `npx node test/bench/authorization.ts`
 */
const rounds = 5_000
const userPoolId = 'us-east-1_Bench'
const pool = `https://cognito-idp.us-east-1.amazonaws.com/${userPoolId}`
const issuer = await createIssuer(pool, Date.now)
const stranger = await createIssuer(pool, Date.now)

let asked = 0
let reads = 0
let writes = 0
const server = createServer((_, response) => {
  asked += 1
  response.end(JSON.stringify(issuer.jwks))
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

const table = memoryStore()
const store: typeof table = {
  ...table,
  get: (...of) => ((reads += 1), table.get(...of)),
  write: (...of) => ((writes += 1), table.write(...of)),
}
const fresh = () => {
  const principals = new Principals(store, systemClock)
  const tokens = cognitoIdentity({ userPoolId, clientIds: ['client', 'former'], endpoint }, principals)
  return keyIdentity({ store, clock: systemClock, principals }, tokens)
}

const claims = { sub: 'user-1', client_id: 'client', token_use: 'access', 'cognito:groups': ['support'] }
const tokenBy = (by: typeof issuer) => by.sign(claims, 600)
const key = apiKeyOf(randomBytes(32))
const item = { keyId: 'key_1', scopes: ['orders:write'], createdBy: 'user-1', version: 1 }
await table.write({ put: { ...secretKey(hashOf(key)), ...item }, if: 'any' })

const token = await tokenBy(issuer)
const [header = '', payload = '', signature = ''] = token.split('.')
const forged = `${header}.${payload}.${signature.slice(0, -8)}AAAAAAAA`
const unknownKid = await tokenBy(stranger)

console.log(`${'checked'.padEnd(44)}${'cold ms'.padStart(9)}${'warm ms'.padStart(9)}  reads  writes  keys of the pool`)
let identify = fresh()
for (const [what, next] of [
  ['an access token', () => token],
  ['an API key', () => key],
  ['garbage', () => 'x'.repeat(40)],
  ['a token with another signature', () => forged],
  ['a token of an unknown key', () => unknownKid],
  ['a mistyped API key', () => `${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`],
  ['an API key that is well-formed and unknown', () => apiKeyOf(randomBytes(32))],
] as const) {
  identify = fresh()
  ;[asked, reads, writes] = [0, 0, 0]
  let began = performance.now()
  await identify(`Bearer ${next()}`)
  const cold = performance.now() - began
  began = performance.now()
  for (let round = 1; round < rounds; round += 1) await identify(`Bearer ${next()}`)
  const warm = (performance.now() - began) / (rounds - 1)
  const figures = [cold.toFixed(2).padStart(9), warm.toFixed(3).padStart(9)]
  console.log(
    `${what.padEnd(44)}${figures.join('')}  ${String(reads).padStart(5)}  ${String(writes).padStart(6)}  ${asked}`,
  )
}
server.closeAllConnections()
server.close()
