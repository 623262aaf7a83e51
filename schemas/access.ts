import * as z from 'zod'

/** What somebody may do, as a route names it: what it is about, and how. */
export const scopes = {
  'catalog:write': 'Create, change and import categories and products, and take products out of sale',
  'stock:read': 'See levels by warehouse, and the warehouses',
  'stock:adjust': 'Receive, count, transfer and adjust units',
  'warehouses:write': 'Create and change warehouses',
  'reservations:read': 'See reservations, of orders and without one',
  'reservations:write': 'Hold stock without an order, extend, commit and release it, and let it leave',
  'orders:read': 'See the orders of everybody, their shipments, and the orders that are stuck',
  'orders:write': 'Place orders for others, cancel them and approve them',
  'limits:write': 'Set what a customer may hold without paying',
  'payments:read': 'See the payments of everybody, and those on hold',
  'payments:write': 'Pay the orders of others, and resume payments on hold',
  'refunds:write': 'Give money back, and close refunds that the provider refuses',
  'wallets:read': 'See the wallets of everybody',
  'wallets:write': 'Deposit money into wallets, and take wrong deposits back',
  'shipments:write': 'Dispatch, track, deliver, fail and return shipments',
  'users:read': 'See users and their roles',
  'users:write': 'Disable and enable users, and end their sessions',
  'roles:write': 'Give roles to users, and take them away',
  'keys:write': 'See API keys, make, rotate and revoke them: for people alone',
  'analytics:read': 'See reports: what was ordered, sold and given back by day, and by product',
  'alarms:read': 'See in the inbox that there are dead letters',
  'events:read': 'Read the feed: every public event of the system',
  'webhooks:read': 'See webhooks and what was delivered to them',
  'webhooks:write': 'Make, change and delete webhooks, rotate their secrets, and have events delivered once more',
  'audit:read': 'See what operators and API keys did',
} as const satisfies Readonly<Record<string, string>>

export type Scope = keyof typeof scopes
const all = Object.keys(scopes) as Scope[]
/** Of those who decide who may do what. */
const ofOwners: ReadonlySet<Scope> = new Set(['roles:write', 'keys:write', 'audit:read'])

interface RoleContract {
  readonly description: string
  readonly scopes: readonly Scope[]
}

/** The roles, each a named set of scopes. Customers reach only what is their own. */
export const roles = {
  owner: { description: 'Runs the shop, and decides who may do what', scopes: all },
  operator: {
    description: 'Does the daily work of all departments',
    scopes: all.filter((scope) => !ofOwners.has(scope)),
  },
  support: {
    description: 'Answers customers: sees their orders, cancels and places orders for them',
    scopes: [
      'users:read',
      'orders:read',
      'orders:write',
      'payments:read',
      'wallets:read',
      'stock:read',
      'reservations:read',
    ],
  },
  warehouse: {
    description: 'Receives, counts and ships',
    scopes: ['stock:read', 'stock:adjust', 'warehouses:write', 'reservations:read', 'orders:read', 'shipments:write'],
  },
  finance: {
    description: 'Looks after payments, refunds and wallets',
    scopes: [
      'users:read',
      'orders:read',
      'payments:read',
      'payments:write',
      'refunds:write',
      'wallets:read',
      'wallets:write',
      'analytics:read',
    ],
  },
  'read-only': {
    description: 'Sees the business and changes nothing',
    scopes: all.filter((scope) => scope.endsWith(':read') && !ofOwners.has(scope)),
  },
  customer: { description: 'Orders for oneself', scopes: [] },
} as const satisfies Readonly<Record<string, RoleContract>>

export const Role = z.enum(Object.keys(roles) as [keyof typeof roles, ...(keyof typeof roles)[]]).meta({ id: 'Role' })
export type Role = z.infer<typeof Role>

/** What an API key may do. A key that makes keys would outlive its own end. */
export const KeyScope = z
  .enum(all.filter((scope) => scope !== 'keys:write') as [KeyScope, ...KeyScope[]])
  .meta({ id: 'KeyScope' })
export type KeyScope = Exclude<Scope, 'keys:write'>

/** The scopes of somebody with these roles; names that are no role add none. */
export function scopesOf(names: readonly string[]): ReadonlySet<Scope> {
  return new Set(Role.options.filter((role) => names.includes(role)).flatMap((role) => roles[role].scopes))
}
