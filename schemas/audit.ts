import * as z from 'zod'
import { Action } from './action.ts'
import { route } from './contract.ts'
import { Paging, Time, pageOf } from './shared.ts'

export const AuditRecord = z
  .object({ id: z.string(), at: Time, ...Action.shape, requestId: z.string() })
  .meta({ id: 'AuditRecord' })
export type AuditRecord = z.infer<typeof AuditRecord>

const Named = z.string().min(1).max(200)

export const routes = {
  listAudit: route({
    method: 'GET',
    path: '/audit',
    who: 'audit:read',
    summary: 'What operators and API keys did, the newest first; each shows within seconds',
    query: Paging.extend({
      actor: Named.optional().describe('The id of a user or a key.'),
      subject: Named.optional().describe('What it was done to: `orders/ord_…`, `users/…`, `inventory/<sku>`.'),
      from: Time.optional().describe('Not before. Default: a year before `to`.'),
      to: Time.optional().describe('Before. Default: now.'),
    }),
    answer: { status: 200, body: pageOf(AuditRecord) },
  }),
}
