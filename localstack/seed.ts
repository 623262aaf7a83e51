import { localLogins } from '../lib/local-logins.ts'
import type { UserPool } from './cognito/user-pool.ts'

const warehouse = 'main'

/** Registers the users and creates the warehouse through the API itself; only the operator's role is granted in the pool itself. */
export async function seed(url: string, pools: ReadonlyMap<string, UserPool>): Promise<void> {
  await Promise.all(localLogins.map(({ email, password }) => post(`${url}/users`, { email, password })))
  const operator = localLogins.find(({ roles }) => roles.includes('operator'))
  if (operator === undefined) return
  for (const { email, roles } of localLogins)
    for (const role of roles) for (const pool of pools.values()) pool.addToGroup(email, role)
  const { email, password } = operator
  const { accessToken } = (await post(`${url}/sessions`, { email, password })) as { accessToken: string }
  await post(`${url}/warehouses`, { name: warehouse }, { authorization: `Bearer ${accessToken}` })
}

async function post(url: string, body: object, headers: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`Seeding: POST ${url} answered ${answer.status} ${text}`)
  return JSON.parse(text) as unknown
}
