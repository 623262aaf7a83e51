import { randomBytes } from 'node:crypto'
import { AdminInitiateAuthCommand, CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { apiKeyOf } from '../../functions/runtime/api-key.ts'
import { type Request, written } from '../../bin/fuzz/request.ts'
import type { RouteName } from '../../bin/fuzz/run.ts'
import type { Person, Shelf } from '../../bin/fuzz/shop.ts'
import { routes } from '../../schemas/client.ts'
import { KeyScope, Role, scopesOf } from '../../schemas/access.ts'
import { type RouteContract, scopeOf } from '../../schemas/contract.ts'
import { chanceOf } from '../../bin/fuzz/chance.ts'
import { type FurnishedShop, furnishedShop } from './furnished-shop.ts'
import { isLocal } from './target.ts'

let fixture: FurnishedShop | undefined
let { local, stack, wire, shop, plans, run } = {} as FurnishedShop
/** Tokens of the first customer that open nothing. */
let useless: { readonly expired: string; readonly idToken: string }
/** Somebody with each role that is not the operator's or a customer's. */
let staff: ReadonlyMap<Role, Person>
/** Keys of machines, by what they may do or why they may do nothing. */
let keys: ReadonlyMap<string, Person>
let requests = 0

// A stack of its own, whose key signs tokens that are expired.
beforeAll(async () => {
  if (!isLocal) return
  fixture = await furnishedShop('who')
  ;({ local, stack, wire, shop, plans, run } = fixture)
  staff = new Map(await Promise.all(staffRoles.map(async (role) => [role, await staffWith(role)] as const)))
  keys = await madeKeys()
  useless = { expired: await expiredToken(), idToken: await idTokenOf(shop.customers[0]!) }
}, 240_000)

beforeEach(() => fixture?.renewOnceIn(300, staff.values()))
afterAll(() => fixture?.stop())

const staffRoles = Role.options.filter((role) => !['owner', 'operator', 'customer'].includes(role))

async function staffWith(role: Role): Promise<Person> {
  const account = { email: `${role}@who.holdfast.test`, password: 'Somebody-1!' }
  const { id } = await stack.api.register({ body: account })
  await stack.api.setRoles({ params: { id }, body: { roles: [role] } })
  const { accessToken: token, refreshToken } = await stack.api.signIn({ body: account })
  return { ...account, id, token, refreshToken }
}

const machineWith = (token: string): Person => ({ id: 'machine', email: '', password: '', token, refreshToken: '' })
const allBut = (scope: KeyScope) => KeyScope.options.filter((each) => each !== scope)
const everyScope = KeyScope.options

/** A key with each scope alone and with all others, one with all, and one of each kind that opens nothing. */
async function madeKeys(): Promise<ReadonlyMap<string, Person>> {
  const made = (scopes: readonly KeyScope[], more: object = {}) =>
    stack.api.createApiKey({ body: { name: 'machine', scopes: [...scopes], ...more } })
  const [every, revoked] = [await made(everyScope), await made(everyScope)]
  await stack.api.revokeApiKey({ params: { id: revoked.id } })
  const expired = await made(everyScope, { expiresAt: new Date(Date.parse(every.createdAt) + 60_000).toISOString() })
  await stack.control!.advance('1m')
  const found = new Map([
    ['every', every.key!],
    ['revoked', revoked.key!],
    ['expired', expired.key!],
    ['unknown', apiKeyOf(randomBytes(32))],
  ])
  for (const scope of everyScope) {
    found.set(scope, (await made([scope])).key!)
    found.set(`all but ${scope}`, (await made(allBut(scope))).key!)
  }
  return new Map([...found].map(([who, token]) => [who, machineWith(token)]))
}

async function expiredToken(): Promise<string> {
  const [pool] = local.deployment.pools.values()
  const { iat: _, exp: __, iss: ___, jti: ____, ...claims } = claimsOf(shop.customers[0]!.token)
  return pool!.issuer.sign(claims, -60)
}

const claimsOf = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as Record<string, unknown>

async function idTokenOf({ email, password }: Person): Promise<string> {
  const [pool] = local.deployment.pools.values()
  const { endpoint, region } = await stack.control!.aws()
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const cognito = new CognitoIdentityProviderClient({ endpoint, region, credentials })
  const { AuthenticationResult } = await cognito.send(
    new AdminInitiateAuthCommand({
      UserPoolId: pool!.settings.id,
      ClientId: pool!.settings.clients.find(({ secret }) => secret === undefined)!.id,
      AuthFlow: 'ADMIN_USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: email, PASSWORD: password },
    }),
  )
  return AuthenticationResult!.IdToken!
}

/** Routes of which something has been prepared. Who is refused uses nothing up. */
const ready = new Set<RouteName>()

/** A good request of the route, once what it is about is there. */
async function goodRequest(name: RouteName, taking: boolean): Promise<Request> {
  if (taking || !ready.has(name)) await fixture?.prepare(name)
  if (taking) ready.delete(name)
  else ready.add(name)
  for (let tries = 0; tries < 600; tries += 1) {
    const chance = chanceOf((requests += 1))
    const take = (shelf: Shelf) => (taking ? shop.take(shelf) : shop.some(shelf, chance))
    const request = plans[name].ask({ shop, chance, take })
    if (request) return request
    await Promise.all([1, 2, 3, 4].map(() => run.toward(name, chanceOf((requests += 1)))))
  }
  throw new Error(`there is nothing to ask ${name} for`)
}

/** The status of the answer, from which the fuzz learns what is there for whom. */
async function statusOf(name: RouteName, request: Request, of: Request): Promise<number> {
  const route: RouteContract = routes[name]
  const { status, text } = await wire.send(written(route.method, route.path, request))
  // What staff have of their own is nobody's that the others could ask for.
  const isOfStaff = isStaff(request.as) && (isOfOneself(route) || (route.who === 'user' && !isOwned(route)))
  if (status === route.answer.status && !isOfStaff)
    await plans[name].learn?.(
      { shop, chance: chanceOf((requests += 1)) },
      // What is named in a path stays its owner's, whoever asks.
      isOwned(route) || request.as?.id === 'machine' ? { ...request, as: of.as } : request,
      (text && JSON.parse(text)) as never,
    )
  return status === 304 ? 200 : status
}

const isStaff = (person: Person | undefined): boolean =>
  person === shop.operator || [...staff.values()].some((each) => each === person)
const somebodyElse = ({ as: owner }: Request): Person => shop.customers.find(({ id }) => id !== owner?.id)!
/** The request by a customer. By what an operator asks for, only operators may filter. */
const asCustomer = (request: Request, customer: Person): Request => ({
  ...request,
  as: customer,
  ...(request.as === shop.operator && { query: {} }),
})
const asSomebodyWith = (token: string) => (request: Request) => ({ ...request, as: { ...shop.customers[0]!, token } })

interface Actor {
  readonly who: string
  readonly as: (request: Request, name: RouteName) => Request
  /** The status; `success` for that of the contract. */
  readonly expected: (route: RouteContract) => number | 'success'
}

const isOpen = ({ who }: RouteContract): boolean => who === 'open'
const isOfOneself = ({ path }: RouteContract): boolean => path.startsWith('/users/me')
/** Somebody's own thing, named in the path. */
const isOwned = ({ who, params }: RouteContract): boolean => who === 'user' && params !== undefined
/** The same, of which nobody else gets anything. */
const isOnlyOwners = (route: RouteContract): boolean => isOwned(route) && scopeOf(route) === undefined
const needsToken = (route: RouteContract): number | 'success' => (isOpen(route) ? 'success' : 401)

const actors: readonly Actor[] = [
  { who: 'nobody', as: (request) => ({ ...request, as: undefined }), expected: needsToken },
  { who: 'an expired token', as: (request) => asSomebodyWith(useless.expired)(request), expected: needsToken },
  { who: 'an ID token', as: (request) => asSomebodyWith(useless.idToken)(request), expected: needsToken },
  {
    who: 'somebody else',
    as: (request) => asCustomer(request, somebodyElse(request)),
    expected: (route) => (isOpen(route) || route.who === 'user' ? (isOwned(route) ? 404 : 'success') : 403),
  },
  {
    who: 'the owner',
    as: (request) => (request.as === shop.operator ? asCustomer(request, shop.customers[0]!) : request),
    expected: (route) => (isOpen(route) || route.who === 'user' ? 'success' : 403),
  },
  {
    who: 'an operator',
    as: (request) => ({ ...request, as: shop.operator }),
    expected: (route) => (isOfOneself(route) && isOwned(route) ? 404 : 'success'),
  },
]

/** Where somebody with a role gets, by the scope of the route. */
function byScope(role: Role, route: RouteContract): number | 'success' {
  const scope = scopeOf(route)
  if (scope !== undefined && scopesOf([role]).has(scope)) return 'success'
  if (isOpen(route) || route.who === 'user') return isOwned(route) ? 404 : 'success'
  return 403
}

const byRole: readonly Actor[] = staffRoles.map((role) => ({
  who: `${role} staff`,
  as: (request) => ({ ...request, as: staff.get(role) }),
  expected: (route) => byScope(role, route),
}))

/** The scope of a route that a key can have. */
const keyScopeOf = (route: RouteContract): KeyScope | undefined => KeyScope.safeParse(scopeOf(route)).data

/** A machine has nothing of its own: what it orders is for the one who would have ordered. */
const asMachine =
  (who: (route: RouteContract) => string) =>
  (request: Request, name: RouteName): Request => ({
    ...request,
    as: keys.get(who(routes[name])),
    ...(name === 'placeOrder' && { body: { customerId: request.as?.id, ...(request.body as object) } }),
  })

/** A route that gives or takes rights needs these rights beside its scope. */
const actsOnRights = ({ problems = [] }: RouteContract): boolean => problems.includes('rights_exceeded')

const byKey: readonly Actor[] = [
  {
    who: 'a key with the scope alone',
    as: asMachine((route) => (actsOnRights(route) ? 'every' : (keyScopeOf(route) ?? 'every'))),
    expected: (route) => (isOpen(route) || keyScopeOf(route) ? 'success' : 403),
  },
  {
    who: 'a key with all other scopes',
    as: asMachine((route) => (keyScopeOf(route) ? `all but ${keyScopeOf(route)}` : 'every')),
    expected: (route) => (isOpen(route) ? 'success' : 403),
  },
  ...['revoked', 'expired', 'unknown'].map((why) => ({
    who: `a key that is ${why}`,
    as: asMachine(() => why),
    expected: needsToken,
  })),
]

/** By route: a request that somebody was let in with. Who asks for the same next is let in as well, whatever has become of the thing. */
const done = new Map<RouteName, Request>()
/** Answers of a handler that has let somebody in, to what was done already. */
const letIn: ReadonlySet<number> = new Set([409, 422])

/** The status for what was done before, or undefined where that is no answer to who is let in. */
async function statusOfDone(name: RouteName, as: Actor['as'], wanted: number): Promise<number | undefined> {
  const good = done.get(name)
  const seen = good && (await statusOf(name, as(good, name), good))
  return seen !== undefined && (seen === wanted || letIn.has(seen)) ? wanted : undefined
}

/** Answers with what is not there yet, or not any more, or of which nothing is left, in a race with others: asked again with another thing. */
const passing: ReadonlySet<number> = new Set([404, 409, 422])

const leftOut: { readonly [Name in RouteName]?: RegExp } = {
  signOut: /somebody else|operator/,
  changePassword: /operator/,
  // The address of another account takes a password.
  requestEmailCode: /somebody else|operator/,
  verifyEmail: /somebody else|operator/,
  // Who has money in the wallet stays.
  eraseMe: /somebody else|operator/,
}

/** Roles differ where a route names a scope. Nobody but the owner of a session that may go is made to sign out, and some requests name what only their customer knows. */
function askingOf(name: RouteName): readonly Actor[] {
  const all = scopeOf(routes[name]) === undefined ? [...actors, ...byKey] : [...actors, ...byRole, ...byKey]
  return all.filter(({ who }) => !leftOut[name]?.test(who))
}

/** The scopes of keys that do not open the route, each tried alone. */
const otherScopesOf = (route: RouteContract): readonly KeyScope[] =>
  isOpen(route) ? [] : everyScope.filter((scope) => scope !== scopeOf(route))

const names = Object.keys(routes) as RouteName[]
const cells = names.reduce((sum, name) => sum + askingOf(name).length + otherScopesOf(routes[name]).length, 0)
const principals = actors.length + byRole.length + byKey.length + everyScope.length

it(`${names.length} routes and ${principals} principals are ${cells} cells`, () => {
  expect(cells).toBeGreaterThan(2_000)
})

describe.runIf(isLocal).each(names)('%s', (name) => {
  const route: RouteContract = routes[name]
  it.each(askingOf(name))('answers $who by its contract', async ({ as, expected }) => {
    const wanted = expected(route)
    const status = wanted === 'success' ? route.answer.status : wanted
    if (wanted === 'success' && (await statusOfDone(name, as, status)) !== undefined) return
    let seen = 0
    for (let tries = 0; tries < (isOnlyOwners(route) ? 100 : 12); tries += 1) {
      const good = await goodRequest(name, wanted === 'success')
      // What customers have ordered stays theirs while staff work on it.
      if (route.path.startsWith('/orders/') && wanted === 404) expect(isStaff(good.as)).toBe(false)
      // What one of the staff has is nobody else's.
      if (wanted === 404 && as(good, name).as?.id === good.as?.id) continue
      if (wanted === 'success' && isOnlyOwners(route) && as(good, name).as?.id !== good.as?.id) {
        await run.toward(name, chanceOf((requests += 1)))
        continue
      }
      seen = await statusOf(name, as(good, name), good)
      if (seen === status && wanted === 'success') done.set(name, good)
      if (seen === status || wanted !== 'success' || !passing.has(seen)) break
      await stack.control!.settle()
    }
    expect(seen).toBe(status)
  })
  const others = otherScopesOf(route)
  it.runIf(others.length > 0)('refuses a key with each other scope alone', async () => {
    const good = await goodRequest(name, false)
    const statuses = await Promise.all(others.map((scope) => statusOf(name, asMachine(() => scope)(good, name), good)))
    expect(statuses).toEqual(others.map(() => 403))
  })
})
