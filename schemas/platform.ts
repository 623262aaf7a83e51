import * as z from 'zod'
import { route } from './contract.ts'

/** Routes of the gateway itself. */
export const routes = {
  health: route({
    method: 'GET',
    path: '/health',
    who: 'open',
    summary: 'Whether the API answers',
    answer: { status: 200, body: z.object({ status: z.literal('ok'), stage: z.string() }) },
  }),
  openapi: route({
    method: 'GET',
    path: '/openapi.json',
    who: 'open',
    summary: 'This description',
    answer: { status: 200, body: z.record(z.string(), z.unknown()) },
  }),
}
