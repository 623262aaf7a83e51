import type { routes as ofAudit } from '../../schemas/audit.ts'
import type { routes } from '../../schemas/users.ts'
import type { Chance } from './chance.ts'
import { keys } from './keys.ts'
import type { CodeOf } from './mailed-code.ts'
import { type Plan, about, customer, paging, some } from './plan.ts'
import type { Person } from './shop.ts'
import { preferenceName, textOf } from './text.ts'

export const addressOf = (chance: Chance): object => ({
  name: textOf(chance, 100),
  line1: textOf(chance, 200),
  city: textOf(chance, 100),
  country: chance.pick(['GB', 'DE', 'JP']),
  ...some(chance, {
    line2: textOf(chance, 200),
    region: textOf(chance, 100),
    postalCode: textOf(chance, 20),
    phone: textOf(chance, 30),
  }),
})

const keptAddress = (chance: Chance): object => ({
  ...addressOf(chance),
  type: chance.pick(['billing', 'shipping']),
  ...some(chance, { default: chance.maybe(0.5) }),
})

const accountOf = (owner: Person | undefined): object => ({ email: owner?.email, password: owner?.password })

const sessionIdOf = (accessToken: string): string => {
  const claims = Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString('utf8')
  return (JSON.parse(claims) as { readonly origin_jti: string }).origin_jti
}

/** Sign-up, sign-in, profiles, and what operators did. */
export const people = (codeOf: CodeOf): { readonly [Name in keyof (typeof routes & typeof ofAudit)]: Plan } => ({
  ...keys,
  listAudit: {
    ask: ({ shop, chance }) => ({
      as: shop.operator,
      query: {
        ...paging(chance),
        ...some(chance, { actor: shop.operator.id, subject: `users/${customer({ shop, chance }).id}` }),
      },
    }),
  },
  register: {
    ask: ({ shop, chance }) => ({
      as: undefined,
      body: {
        email: `${shop.name('user')}@Holdfast.test`,
        password: chance.pick(['Somebody-1!', 'Correct Horse-1', `L0ng-${'x'.repeat(251)}`, '~!@#$%^&*()Aa1']),
        ...some(chance, { name: textOf(chance, 100) }),
      },
    }),
    learn: ({ shop, chance }, { body }, { id }) => {
      const account = body as { readonly email: string; readonly password: string }
      const owner = { ...account, id, token: '', refreshToken: '' }
      shop.put(chance.pick(['idleAccounts', 'newcomers', 'forgetfulAccounts']), { id, owner })
    },
  },
  signIn: {
    ask: (asked) =>
      about(asked.shop.some('newcomers', asked.chance), ({ owner }) => ({ as: undefined, body: accountOf(owner) })),
    learn: ({ shop, chance }, _, { accessToken, user }) => {
      const owner = shop.newcomer(user.id)
      if (owner === undefined) return
      // The first session of a newcomer stays; each later one is there to be ended.
      if (owner.token === '') {
        owner.token = accessToken
        shop.put('leavers', { id: user.id, owner })
      } else if (chance.maybe(0.5)) shop.put('sessions', { id: sessionIdOf(accessToken), owner })
      else shop.put('sessionsToLeave', { id: '', owner: { ...owner, token: accessToken } })
    },
  },
  refreshSession: { ask: (asked) => ({ as: undefined, body: { refreshToken: customer(asked).refreshToken } }) },
  signOut: { ask: (asked) => about(asked.take('sessionsToLeave'), ({ owner }) => ({ as: owner })) },
  exportMe: { ask: (asked) => ({ as: customer(asked) }) },
  listSessions: { ask: (asked) => ({ as: customer(asked) }) },
  endSession: {
    ask: (asked) => about(asked.take('sessions'), ({ id, owner }) => ({ as: owner, params: { id } })),
  },
  listUsers: {
    ask: (asked) => ({
      as: asked.shop.operator,
      query: {
        ...paging(asked.chance),
        ...some(asked.chance, {
          q: asked.chance.pick([customer(asked).email.slice(0, 6), 'ann', textOf(asked.chance, 20)]),
        }),
      },
    }),
  },
  getUser: {
    ask: (asked) =>
      about(asked.shop.some('idleAccounts', asked.chance), ({ id }) => ({ as: asked.shop.operator, params: { id } })),
  },
  getRoles: {
    ask: (asked) =>
      about(asked.shop.some('idleAccounts', asked.chance), ({ id }) => ({ as: asked.shop.operator, params: { id } })),
  },
  setRoles: {
    ask: (asked) =>
      about(asked.shop.some('idleAccounts', asked.chance), ({ id }) => ({
        as: asked.shop.operator,
        params: { id },
        body: { roles: asked.chance.pick([[], ['customer'], ['support', 'finance'], ['warehouse'], ['read-only']]) },
      })),
  },
  disableUser: {
    ask: (asked) => about(asked.take('idleAccounts'), ({ id }) => ({ as: asked.shop.operator, params: { id } })),
    learn: ({ shop }, _, { id }) => shop.put('disabledAccounts', { id }),
  },
  enableUser: {
    ask: (asked) => about(asked.take('disabledAccounts'), ({ id }) => ({ as: asked.shop.operator, params: { id } })),
    learn: ({ shop }, _, { id }) => shop.put('idleAccounts', { id }),
  },
  // Somebody who places no orders.
  eraseMe: {
    ask: (asked) => about(asked.shop.some('leavers', asked.chance), ({ owner }) => ({ as: owner })),
  },
  keepMe: { ask: (asked) => about(asked.shop.some('leavers', asked.chance), ({ owner }) => ({ as: owner })) },
  eraseUser: {
    ask: (asked) =>
      about(asked.shop.some('idleAccounts', asked.chance), ({ id }) => ({ as: asked.shop.operator, params: { id } })),
  },
  keepUser: {
    ask: (asked) =>
      about(asked.shop.some('idleAccounts', asked.chance), ({ id }) => ({ as: asked.shop.operator, params: { id } })),
  },
  endSessionsOf: {
    ask: (asked) =>
      about(asked.shop.some('idleAccounts', asked.chance), ({ id }) => ({ as: asked.shop.operator, params: { id } })),
  },
  // The password stays, and with it everybody's way in.
  changePassword: {
    ask: (asked) => {
      const as = customer(asked)
      return { as, body: { currentPassword: as.password, newPassword: as.password } }
    },
  },
  requestPasswordReset: {
    ask: (asked) =>
      about(asked.take('forgetfulAccounts'), ({ owner }) => ({ as: undefined, body: { email: owner?.email } })),
    learn: async ({ shop }, { body }) => {
      const { email } = body as { readonly email: string }
      const code = await codeOf(email)
      if (code !== undefined) shop.put('resetCodes', { id: code, of: email })
    },
  },
  confirmPasswordReset: {
    ask: (asked) =>
      about(asked.take('resetCodes'), ({ id: code, of: email }) => ({
        as: undefined,
        body: { email, code, newPassword: 'Another Horse-1' },
      })),
  },
  requestEmailCode: {
    ask: (asked) => {
      const as = customer(asked)
      return { as, body: { email: as.email } }
    },
    learn: async ({ shop }, { as: owner, body }) => {
      if (owner?.email !== (body as { readonly email: string }).email) return
      const code = await codeOf(owner.email)
      if (code !== undefined) shop.put('emailCodes', { id: code, owner })
    },
  },
  verifyEmail: {
    ask: (asked) => about(asked.take('emailCodes'), ({ id: code, owner }) => ({ as: owner, body: { code } })),
  },
  getMe: { ask: (asked) => ({ as: customer(asked) }) },
  updateMe: {
    ask: (asked) => {
      const { chance } = asked
      const preferences = Object.fromEntries(
        Array.from({ length: chance.between(1, 3) }, () => [
          preferenceName(chance),
          chance.pick([textOf(chance, 200), 7, -7, true, null]),
        ]),
      )
      return { as: customer(asked), body: { name: textOf(chance, 100), ...some(chance, { phone: null, preferences }) } }
    },
  },
  listAddresses: { ask: (asked) => ({ as: customer(asked) }) },
  addAddress: {
    ask: (asked) => ({
      as: customer(asked),
      body: keptAddress(asked.chance),
      ...some(asked.chance, { idempotencyKey: asked.shop.name('key') }),
    }),
    learn: ({ shop }, { as: owner }, { id }) => shop.put('addresses', { id, owner }),
  },
  getAddress: {
    ask: (asked) =>
      about(asked.shop.some('addresses', asked.chance), ({ id, owner }) => ({ as: owner, params: { id } })),
  },
  replaceAddress: {
    ask: (asked) =>
      about(asked.shop.some('addresses', asked.chance), ({ id, owner }) => ({
        as: owner,
        params: { id },
        body: keptAddress(asked.chance),
      })),
  },
  removeAddress: {
    ask: (asked) => about(asked.take('addresses'), ({ id, owner }) => ({ as: owner, params: { id } })),
  },
})
