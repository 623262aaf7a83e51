import type * as z from 'zod'
import type { CustomerLimits, LimitsInput, routes } from '../../../schemas/limits.ts'
import { expectMatch, tagOfBody } from '../../runtime/entity-tag.ts'
import type { Handler, Request } from '../../runtime/http.ts'
import { commit } from '../../runtime/idempotent-commit.ts'
import { isUserFor } from '../../runtime/known-users.ts'
import { type OwnLimits, inForce } from '../core/limits.ts'
import type { PlacingDeps } from '../deps.ts'
import { findLimits, limitsIn, writeOfLimits } from '../store/limits-item.ts'

export function getLimits(deps: PlacingDeps): Handler<typeof routes.getLimits> {
  return async (request) => {
    await expectUser(deps, request)
    return { body: bodyOf(deps, request, (await findLimits(deps.store, request.params.id)) ?? {}) }
  }
}

/** Sets both limits: one that is left out is the stage's from then on, as one that is null. */
export function setLimits(deps: PlacingDeps): Handler<typeof routes.setLimits> {
  const { store, clock } = deps
  return async (request) => {
    const { params, body, caller, requestId: cause } = request
    await expectUser(deps, request)
    return commit(deps, request, async () => {
      const before = await findLimits(store, params.id)
      expectMatch(request, tagOfBody(bodyOf(deps, request, before ?? {})))
      const limits = chosen(body)
      const write = writeOfLimits(before, params.id, limits, { at: clock.now(), cause, by: caller.id })
      return { writes: [write], answer: { body: bodyOf(deps, request, limits) } }
    })
  }
}

type OfLimits = Request<typeof routes.getLimits | typeof routes.setLimits>

async function expectUser(deps: PlacingDeps, { params: { id }, caller, refuse }: OfLimits): Promise<void> {
  if (!(await isUserFor(caller, deps, id))) throw refuse('user_not_found', `There is no user ${id}.`)
}

const chosen = ({ openHolds, unitsPerSku }: z.infer<typeof LimitsInput>): OwnLimits =>
  limitsIn({ ...(openHolds !== null && { openHolds }), ...(unitsPerSku !== null && { unitsPerSku }) } as OwnLimits)

function bodyOf({ limits }: PlacingDeps, { params }: OfLimits, set: OwnLimits): z.input<typeof CustomerLimits> {
  const { openHolds = null, unitsPerSku = null } = set
  return { userId: params.id, openHolds, unitsPerSku, inForce: inForce(limits, limitsIn(set)) }
}
