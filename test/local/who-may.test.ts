import { AdminInitiateAuthCommand, CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../functions/runtime/clock.ts'
import { furnished } from '../../bin/fuzz/furnish.ts'
import { type Request, written } from '../../bin/fuzz/request.ts'
import { type Plans, type RouteName, Run, plansOf } from '../../bin/fuzz/run.ts'
import type { Person, Shop } from '../../bin/fuzz/shop.ts'
import { webhookSecretOf } from '../../bin/fuzz/webhook-secret.ts'
import { Wire } from '../../bin/fuzz/wire.ts'
import { silent } from '../../bin/replay/progress.ts'
import { type Stack, operatorOf, signedIn } from '../../bin/replay/stack.ts'
import { type LocalStack, startStack } from '../../localstack/start.ts'
import { routes } from '../../schemas/client.ts'
import { Role, scopesOf } from '../../schemas/access.ts'
import { type RouteContract, scopeOf } from '../../schemas/contract.ts'
import { chanceOf } from '../../bin/fuzz/chance.ts'
import { isLocal } from './target.ts'

let local: LocalStack
let stack: Stack
let wire: Wire
let shop: Shop
let plans: Plans
let run: Run
/** Tokens of the first customer that open nothing. */
let useless: { readonly expired: string; readonly idToken: string }
/** Somebody with each role that is not the operator's or a customer's. */
let staff: ReadonlyMap<Role, Person>
let requests = 0

// A stack of its own, whose key signs tokens that are expired.
beforeAll(async () => {
  if (!isLocal) return
  local = await startStack({ port: 0, quiet: true })
  const operator = operatorOf({})
  stack = await signedIn(local.url, operator, systemClock)
  wire = new Wire(local.url, 8)
  shop = await furnished(stack, { operator, atOnce: 8, progress: silent }, 'who')
  plans = plansOf(await webhookSecretOf(await stack.control!.aws()), () => Date.now())
  run = new Run(wire, shop, plans)
  staff = new Map(await Promise.all(staffRoles.map(async (role) => [role, await staffWith(role)] as const)))
  useless = { expired: await expiredToken(), idToken: await idTokenOf(shop.customers[0]!) }
}, 240_000)

afterAll(async () => {
  wire?.close()
  await local?.stop()
})

const staffRoles = Role.options.filter((role) => !['owner', 'operator', 'customer'].includes(role))

async function staffWith(role: Role): Promise<Person> {
  const account = { email: `${role}@who.holdfast.test`, password: 'Somebody-1!' }
  const { id } = await stack.api.register({ body: account })
  await stack.api.setRoles({ params: { id }, body: { roles: [role] } })
  const { accessToken: token, refreshToken } = await stack.api.signIn({ body: account })
  return { ...account, id, token, refreshToken }
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
      ClientId: pool!.settings.clients[0]!.id,
      AuthFlow: 'ADMIN_USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: email, PASSWORD: password },
    }),
  )
  return AuthenticationResult!.IdToken!
}

/** A good request of the route, once what it is about is there. */
async function goodRequest(name: RouteName, taking: boolean): Promise<Request> {
  for (let tries = 0; tries < 600; tries += 1) {
    const request = plans[name].ask({ shop, chance: chanceOf((requests += 1)), taking })
    if (request) return request
    await Promise.all([1, 2, 3, 4].map(() => run.one(chanceOf((requests += 1)), true)))
  }
  throw new Error(`there is nothing to ask ${name} for`)
}

async function statusOf(name: RouteName, request: Request): Promise<number> {
  const { method, path } = routes[name]
  const { status, text } = await wire.send(written(method, path, request))
  // What operators have of their own is nobody's that the others could ask for.
  const isOfOperator = request.as === shop.operator && isOfOneself(routes[name])
  if (status === routes[name].answer.status && !isOfOperator)
    plans[name].learn?.({ shop, chance: chanceOf((requests += 1)) }, request, (text && JSON.parse(text)) as never)
  return status === 304 ? 200 : status
}

const somebodyElse = ({ as: owner }: Request): Person => shop.customers.find(({ id }) => id !== owner?.id)!
const asSomebodyWith = (token: string) => (request: Request) => ({ ...request, as: { ...shop.customers[0]!, token } })

interface Actor {
  readonly who: string
  readonly as: (request: Request) => Request
  /** The status; `success` for that of the contract. */
  readonly expected: (route: RouteContract) => number | 'success'
}

const isOpen = ({ who }: RouteContract): boolean => who === 'open'
const isOfOneself = ({ path }: RouteContract): boolean => path.startsWith('/users/me')
/** Somebody's own thing, named in the path. */
const isOwned = ({ who, params }: RouteContract): boolean => who === 'user' && params !== undefined
const needsToken = (route: RouteContract): number | 'success' => (isOpen(route) ? 'success' : 401)

const actors: readonly Actor[] = [
  { who: 'nobody', as: (request) => ({ ...request, as: undefined }), expected: needsToken },
  { who: 'an expired token', as: (request) => asSomebodyWith(useless.expired)(request), expected: needsToken },
  { who: 'an ID token', as: (request) => asSomebodyWith(useless.idToken)(request), expected: needsToken },
  {
    who: 'somebody else',
    as: (request) => ({ ...request, as: somebodyElse(request) }),
    expected: (route) => (isOpen(route) || route.who === 'user' ? (isOwned(route) ? 404 : 'success') : 403),
  },
  {
    who: 'the owner',
    as: (request) => (request.as === shop.operator ? { ...request, as: shop.customers[0]! } : request),
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

/** Answers with what is not there yet, or not any more, in a race with others: asked again with another thing. */
const passing: ReadonlySet<number> = new Set([404, 409])

describe.runIf(isLocal).each(Object.keys(routes) as RouteName[])('%s', (name) => {
  const route: RouteContract = routes[name]
  // Roles differ where a route names a scope. Nobody but the owner of a session that may go is made to sign out.
  const all = scopeOf(route) === undefined ? actors : [...actors, ...byRole]
  const asking = name === 'signOut' ? all.filter(({ who }) => !/somebody else|operator/.test(who)) : all
  it.each(asking)('answers $who by its contract', async ({ as, expected }) => {
    const wanted = expected(route)
    const status = wanted === 'success' ? route.answer.status : wanted
    let seen = 0
    for (let tries = 0; tries < 5; tries += 1) {
      seen = await statusOf(name, as(await goodRequest(name, wanted === 'success')))
      if (seen === status || wanted !== 'success' || !passing.has(seen)) break
      await stack.control!.settle()
    }
    expect(seen).toBe(status)
  })
})
