import * as z from 'zod'
import { own } from './own.ts'
import { personal } from './personal.ts'
import { type RouteContract, type Service, privateEvent, scopeOf } from './contract.ts'

/** What an operator or a key did, without a personal value: ids, and names of fields. */
export const Action = z.object({
  operation: z.string().describe('The name of the route: `cancelOrder`.'),
  actor: z
    .object({ kind: z.enum(['user', 'key', 'system']), id: z.string().min(1) })
    .describe('The id stays when its user or key is gone.'),
  from: z
    .object({ ip: personal('session', z.string()), userAgent: personal('session', z.string()) })
    .describe('As the gateway sees the sender.'),
  subject: z.string().describe('What it was done to, as paths name it: `orders/ord_…`.'),
  fields: z.array(z.string()).describe('The names of the fields that the request set.'),
  reason: personal('reason', z.string()).optional().describe('As the request gave it.'),
  requestId: z.string(),
})
export type Action = z.infer<typeof Action>

export const actionName = <const Owner extends string>(service: Owner): `action.${Owner}_recorded` =>
  `action.${service}_recorded`

/**
 * The event of a service by which the audit learns what operators and keys did in it. They are a family: no archive has them, so that
 * those of a service that the audit does not know yet must not get lost.
 */
export const actionRecorded = <const Owner extends Service>(service: Owner) => ({
  ...privateEvent(
    service,
    actionName(service),
    1,
    `An operator or an API key has changed something in ${service}.`,
    Action,
  ),
  family: 'action.',
})

/** Whether what operators and keys do by a route is recorded: it changes something, and needs a scope where that is not the caller's own. */
export const isRecorded = (route: RouteContract): boolean => route.method !== 'GET' && scopeOf(route) !== undefined

/** What the path of a route names, with the kind it begins with: `orders/{id}` of `/orders/{id}/cancel`. */
export function subjectOf(
  { path }: Pick<RouteContract, 'path'>,
  params: Readonly<Record<string, string>>,
): { readonly kind: string; readonly id?: string } {
  const [kind = '', ...more] = path.split('/').slice(1)
  const named = more.find((segment) => segment.startsWith('{'))
  if (named !== undefined) return { kind, id: own(params, named.slice(1, -1)) ?? '' }
  return more.length > 0 ? { kind, id: more.join('/') } : { kind }
}
