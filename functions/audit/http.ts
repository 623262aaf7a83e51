import { routes } from '../../schemas/audit.ts'
import { liveIdentity, liveItems } from '../runtime/aws-wiring.ts'
import { type Handlers, http } from '../runtime/http.ts'
import type { AuditDeps } from './deps.ts'
import { listAudit } from './routes/list-audit.ts'

export const handlers = (deps: AuditDeps): Handlers<typeof routes> => ({
  listAudit: listAudit(deps),
})

export const handler = http(routes, liveIdentity, () => handlers(liveItems()))
