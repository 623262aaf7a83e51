import { routes } from '../../schemas/client.ts'
import { type RouteContract, codesOf, routeKeyOf } from '../../schemas/contract.ts'
import type { ProblemKind } from '../../schemas/problem-kind.ts'
import { type ProblemCode, problems } from '../../schemas/problems.ts'

/** A section for each code, which the address `#<code>` leads to: what it stands for, what to do, and which routes answer with it. */
export function problemsPage(): string {
  return Object.entries<ProblemKind>(problems)
    .map(([code, { status, title, next }]) =>
      [`## ${code}`, `${status} · ${title}.`, next, answeredBy(code as ProblemCode)].join('\n\n'),
    )
    .join('\n\n')
}

function answeredBy(code: ProblemCode): string {
  const all = Object.values<RouteContract>(routes)
  const some = all.filter((route) => codesOf(route).includes(code))
  if (some.length === 0) return 'Answered where no route is.'
  if (some.length > all.length / 3) return 'Answered by most routes: [openapi.json](openapi.json) has them.'
  return `Answered by ${some.map((route) => `\`${routeKeyOf(route)}\``).join(', ')}.`
}
