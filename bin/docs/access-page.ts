import { type Scope, roles, scopes } from '../../schemas/access.ts'
import { routes } from '../../schemas/client.ts'
import { type RouteContract, routeKeyOf, scopeOf } from '../../schemas/contract.ts'

/** Two tables: which role has which scopes, and what each scope opens. */
export const accessPage = (): string =>
  [
    '| scope | what it is for | routes |',
    '| --- | --- | --- |',
    ...Object.entries(scopes).map(([scope, text]) => `| \`${scope}\` | ${text} | ${openedBy(scope as Scope)} |`),
    '',
    `| scope | ${Object.keys(roles).join(' | ')} |`,
    `| --- | ${Object.keys(roles)
      .map(() => ':-:')
      .join(' | ')} |`,
    ...Object.keys(scopes).map((scope) => `| \`${scope}\` | ${marks(scope as Scope).join(' | ')} |`),
    '',
    '| role | who has it |',
    '| --- | --- |',
    ...Object.entries(roles).map(([role, { description }]) => `| ${role} | ${description} |`),
  ].join('\n')

const marks = (scope: Scope): string[] =>
  Object.values(roles).map(({ scopes: held }) => ((held as readonly Scope[]).includes(scope) ? 'yes' : ''))

function openedBy(scope: Scope): string {
  return Object.values<RouteContract>(routes)
    .filter((route) => scopeOf(route) === scope)
    .map((route) => `\`${routeKeyOf(route)}\`${route.who === 'user' ? ' of others' : ''}`)
    .join(', ')
}
